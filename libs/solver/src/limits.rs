//! The sizes a problem may have. Beyond them `Model::build` refuses, before memory is spent.

/// Days of a period.
pub const DAYS: u32 = 64;
/// Pools.
pub const POOLS: usize = 4096;
/// Resources.
pub const RESOURCES: usize = 20_000;
/// Visits.
pub const VISITS: usize = 100_000;
/// Places; a matrix of travel times needs four bytes for each pair of them.
pub const PLACES: usize = 8192;
/// Minutes of a day, and so the longest travel, shift and visit.
pub const MINUTES: i32 = 2047;
/// People and kits of one visit.
pub const CREW: u32 = 24;
/// Groups of one visit in one pool.
pub const GROUPS: usize = 6;
/// Windows of one visit, and shifts of one resource.
pub const WINDOWS: usize = 512;
/// Windows of all visits.
pub const ALL_WINDOWS: usize = 1_000_000;
/// Visits in one shift.
pub const STOPS: i32 = 48;
/// Pairs of the list of eligible resources that are kept in memory.
pub const CANDIDATES: usize = 1 << 17;
/// Faults that are listed; the rest are not.
pub const FAULTS: usize = 100;
