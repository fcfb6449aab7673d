"""Fit and evaluate Auto in Enhance. The scripts are run by hand on a folder of photographs."""
