//! Campaigns: leads, lists, calling windows, pacing and the planner.
