//! What the bodies of the week inspect, and where: matters of the example catalogue, with invented
//! ratios, times and kits.

/// The bodies that may take part, those that the most others need first. Code and short name.
pub(super) const BODIES: [(&str, &str); 10] = [
    ("MKT", "市场监管"),
    ("FIR", "消防救援"),
    ("CAE", "综合执法"),
    ("EMG", "应急管理"),
    ("ECO", "生态环境"),
    ("HLT", "卫生健康"),
    ("AGR", "农业农村"),
    ("CUL", "文化旅游"),
    ("TRA", "交通运输"),
    ("NAT", "自然资源"),
];

/// What nobody in the county holds: the visit that asks for it has no place.
pub(super) const NOBODY_HOLDS: (&str, &str, &str) = ("ECO", "M042", "RADIATION");

/// A matter as the plan of its body has it.
#[derive(Debug)]
pub(super) struct Matter {
    /// Code in the catalogue.
    pub code: &'static str,
    /// Code of the body.
    pub agency: &'static str,
    /// What one officer must hold; empty: nothing.
    pub qualification: &'static str,
    /// Kind of kit; empty: none.
    pub kit: &'static str,
    /// Officers at a visit.
    pub officers: i32,
    /// Minutes of a visit.
    pub minutes: i32,
    /// Of 100,000 subjects: of tier A, B, C, D (then it is a key matter), or of all together.
    pub ratio: &'static [i32],
}

impl Matter {
    /// 重点事项: each tier has a ratio of its own, above the limit of general matters (O-10).
    pub(super) fn is_key(&self) -> bool {
        self.ratio.len() == 4
    }
}

const fn matter(
    (code, agency): (&'static str, &'static str),
    (qualification, kit): (&'static str, &'static str),
    (officers, minutes): (i32, i32),
    ratio: &'static [i32],
) -> Matter {
    Matter { code, agency, qualification, kit, officers, minutes, ratio }
}

/// The matters.
pub(super) const MATTERS: [Matter; 14] = [
    matter(("M032", "MKT"), ("FOOD", ""), (2, 60), &[20_000, 30_000, 45_000, 70_000]),
    matter(("M034", "MKT"), ("", ""), (2, 60), &[9_000]),
    matter(("M037", "MKT"), ("", ""), (2, 45), &[9_000]),
    matter(("M038", "MKT"), ("SPECIAL_EQUIPMENT", "LIFT_TEST"), (2, 75), &[8_000]),
    matter(("M055", "FIR"), ("", ""), (2, 45), &[15_000, 20_000, 30_000, 50_000]),
    matter(("M010", "CAE"), ("", "GAS_DETECTION"), (2, 45), &[10_000]),
    matter(("M050", "EMG"), ("", ""), (2, 90), &[20_000, 30_000, 40_000, 60_000]),
    matter(("M040", "ECO"), ("SAMPLING", "SAMPLER"), (3, 120), &[25_000, 35_000, 50_000, 80_000]),
    matter(("M042", "ECO"), ("SAMPLING", "SAMPLER"), (2, 90), &[20_000, 25_000, 40_000, 70_000]),
    matter(("M052", "HLT"), ("HYGIENE", ""), (2, 90), &[20_000, 30_000, 45_000, 75_000]),
    matter(("M024", "AGR"), ("", ""), (2, 60), &[20_000, 30_000, 45_000, 75_000]),
    matter(("M031", "CUL"), ("", ""), (2, 60), &[20_000, 30_000, 45_000, 75_000]),
    matter(("M043", "TRA"), ("DANGEROUS_GOODS", ""), (2, 60), &[20_000, 30_000, 45_000, 75_000]),
    matter(("M045", "NAT"), ("", "DRONE"), (2, 75), &[20_000, 30_000, 45_000, 75_000]),
];

/// A kind of enterprise.
#[derive(Debug)]
pub(super) struct Sector {
    /// Its word.
    pub code: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// How many of a hundred enterprises are of it.
    pub share: usize,
    /// Codes of the matters that apply.
    pub matters: &'static [&'static str],
}

const fn sector(
    (code, name): (&'static str, &'static str),
    share: usize,
    matters: &'static [&'static str],
) -> Sector {
    Sector { code, name, share, matters }
}

/// The sectors.
pub(super) const SECTORS: [Sector; 8] = [
    sector(("CATERING", "餐饮店"), 30, &["M032", "M010", "M055"]),
    sector(("FACTORY", "工厂"), 18, &["M050", "M042", "M038", "M037"]),
    sector(("CHEMICAL", "化工企业"), 6, &["M040", "M050", "M055"]),
    sector(("FARM_SUPPLY", "农资店"), 10, &["M024", "M037"]),
    sector(("VENUE", "娱乐场所"), 8, &["M031", "M055"]),
    sector(("CLINIC", "诊所"), 12, &["M052", "M034"]),
    sector(("HAULAGE", "运输企业"), 9, &["M043", "M050"]),
    sector(("QUARRY", "采石场"), 7, &["M045", "M050", "M042"]),
];

/// The townships: region code and name. The first is the seat of the county.
pub(super) const TOWNS: [(&str, &str); 12] = [
    ("330999001", "城关街道"),
    ("330999002", "东湖街道"),
    ("330999003", "南屏街道"),
    ("330999004", "云溪街道"),
    ("330999005", "石门镇"),
    ("330999006", "大塘镇"),
    ("330999007", "青岭镇"),
    ("330999008", "双桥镇"),
    ("330999009", "白沙镇"),
    ("330999010", "梅林镇"),
    ("330999011", "清潭镇"),
    ("330999012", "古渡镇"),
];
