//! What others reached.

/// A row of the county set: name, size (officers, bodies, visits, days), kits of each class, and the
/// scores of CP-SAT and Timefold after 60 s, and of the prototype after 10 and 60 s.
pub(crate) struct County {
    pub(crate) name: &'static str,
    pub(crate) size: (u32, u32, u32, u32),
    pub(crate) kits: u32,
    pub(crate) reached: [&'static str; 4],
}

/// Measured by the authors of the set on one shared machine.
pub(crate) const COUNTY: &[County] = &[
    County {
        name: "c20_12",
        size: (20, 3, 12, 2),
        kits: 1,
        reached: ["1873", "1942", "1816", "1812"],
    },
    County {
        name: "c60_60",
        size: (60, 6, 60, 5),
        kits: 1,
        reached: ["11220", "10241", "9768", "9703"],
    },
    County {
        name: "c60_120",
        size: (60, 6, 120, 5),
        kits: 2,
        reached: ["73541", "35662", "27228", "26140"],
    },
    County {
        name: "c60_240",
        size: (60, 6, 240, 5),
        kits: 4,
        reached: ["none", "194975", "114031", "111617"],
    },
    County {
        name: "c500_1000",
        size: (500, 11, 1000, 5),
        kits: 12,
        reached: ["none", "none", "102165", "98653"],
    },
    County {
        name: "c500_2000",
        size: (500, 11, 2000, 5),
        kits: 12,
        reached: ["none", "none", "354618", "326721"],
    },
];

/// The best costs published for the HHCRSP set (Ceschia and others, 2024), of the instances by
/// Mankowska and others (2014).
pub(crate) const HHCRSP: &[(&str, f64)] = &[
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
