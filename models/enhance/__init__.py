"""How Auto of Enhance was fitted and judged: run by hand, on a folder of photographs."""
