/** The part of Trusted Types that the page uses, which TypeScript's DOM library does not declare yet. */

interface TrustedTypePolicy {
  createScriptURL(text: string): object;
}

declare var trustedTypes:
  | { createPolicy(name: string, rules: { createScriptURL(text: string): string }): TrustedTypePolicy }
  | undefined;
