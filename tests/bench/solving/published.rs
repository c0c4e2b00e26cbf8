//! What others reached, and the goals.

/// A row of the county set: its size (officers, bodies, visits, days) and kits of each class.
pub(super) struct County {
    pub(super) name: &'static str,
    pub(super) size: (u32, u32, u32, u32),
    pub(super) kits: u32,
    /// Scores of CP-SAT and Timefold after 60 s on one shared machine.
    pub(super) cp_sat: Option<f64>,
    pub(super) timefold: Option<f64>,
    /// Scores of the prototype after 1, 10 and 60 CPU seconds, the floor.
    pub(super) prototype: [Option<f64>; 3],
    /// The most the score may be after 1, 10 and 60 CPU seconds. After the first it is what the others
    /// reached in 60.
    pub(super) goals: [Option<f64>; 3],
    /// The most weight that may be left out after 60 CPU seconds.
    pub(super) left_out: Option<f64>,
}

impl County {
    /// The better of the others.
    pub(super) fn others(&self) -> Option<f64> {
        [self.cp_sat, self.timefold].into_iter().flatten().reduce(f64::min)
    }
}

/// Measured by the authors of the set.
pub(super) const COUNTY: &[County] = &[
    County {
        name: "c20_12",
        size: (20, 3, 12, 2),
        kits: 1,
        cp_sat: Some(1873.0),
        timefold: Some(1942.0),
        prototype: [Some(1825.0), Some(1816.0), Some(1812.0)],
        goals: [Some(1873.0), None, None],
        left_out: None,
    },
    County {
        name: "c60_60",
        size: (60, 6, 60, 5),
        kits: 1,
        cp_sat: Some(11_220.0),
        timefold: Some(10_241.0),
        prototype: [Some(9893.0), Some(9768.0), Some(9703.0)],
        goals: [Some(10_241.0), None, None],
        left_out: None,
    },
    County {
        name: "c60_120",
        size: (60, 6, 120, 5),
        kits: 2,
        cp_sat: Some(73_541.0),
        timefold: Some(35_662.0),
        prototype: [Some(28_598.0), Some(27_228.0), Some(26_140.0)],
        goals: [Some(35_662.0), Some(26_700.0), None],
        left_out: None,
    },
    County {
        name: "c60_240",
        size: (60, 6, 240, 5),
        kits: 4,
        cp_sat: None,
        timefold: Some(194_975.0),
        prototype: [Some(118_147.0), Some(114_031.0), Some(111_617.0)],
        goals: [Some(194_975.0), Some(112_900.0), None],
        left_out: None,
    },
    County {
        name: "c500_1000",
        size: (500, 11, 1000, 5),
        kits: 12,
        cp_sat: None,
        timefold: None,
        prototype: [Some(108_574.0), Some(102_165.0), Some(98_653.0)],
        goals: [None, Some(100_000.0), Some(97_000.0)],
        left_out: None,
    },
    County {
        name: "c500_2000",
        size: (500, 11, 2000, 5),
        kits: 12,
        cp_sat: None,
        timefold: None,
        prototype: [Some(402_757.0), Some(354_618.0), Some(326_721.0)],
        goals: [None; 3],
        left_out: Some(140.0),
    },
];

/// The best costs published for the HHCRSP set (Ceschia and others, 2024), of the instances by
/// Mankowska and others (2014).
pub(super) const HHCRSP: &[(&str, f64)] = &[
    ("CPLEX_HCSRP_10_1", 218.199),
    ("CPLEX_HCSRP_10_2", 246.627),
    ("CPLEX_HCSRP_10_3", 305.858),
    ("CPLEX_HCSRP_25_1", 428.097),
    ("CPLEX_HCSRP_25_2", 476.049),
    ("CPLEX_HCSRP_25_3", 399.089),
    ("CPLEX_HCSRP_50_1", 943.728),
    ("CPLEX_HCSRP_50_2", 569.388),
    ("CPLEX_HCSRP_50_3", 541.116),
    ("CPLEX_HCSRP_75_1", 1111.37),
    ("CPLEX_HCSRP_75_2", 652.226),
    ("CPLEX_HCSRP_75_3", 622.625),
    ("VNS_HCSRP_100_1", 1255.93),
    ("VNS_HCSRP_100_2", 778.38),
    ("VNS_HCSRP_100_3", 757.834),
    ("VNS_HCSRP_200_1", 1236.95),
    ("VNS_HCSRP_200_2", 1206.94),
    ("VNS_HCSRP_200_3", 1128.6),
    ("VNS_HCSRP_300_1", 1650.16),
    ("VNS_HCSRP_300_2", 1591.75),
    ("VNS_HCSRP_300_3", 1379.68),
];
