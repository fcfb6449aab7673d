"""Tests of Onsight: units here, the page in a browser in e2e, measurements in bench."""
