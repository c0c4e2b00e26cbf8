//! The fixed words of the domain, each an enum whose text is what the tables hold. On the wire they
//! have the same words behind the name of their enum.

/// Declares an enum whose variants have one stable word each.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant),* }

        impl $name {
            /// Every one, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// Reads the word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// The kinds of evidence (Penalty Law art. 46).
    Kind {
        /// 书证.
        Documentary = "DOCUMENTARY",
        /// 物证.
        Physical = "PHYSICAL",
        /// 视听资料.
        AudioVisual = "AUDIO_VISUAL",
        /// 电子数据.
        ElectronicData = "ELECTRONIC_DATA",
        /// 证人证言.
        Testimony = "TESTIMONY",
        /// 当事人的陈述.
        PartyStatement = "PARTY_STATEMENT",
        /// 鉴定意见.
        AppraisalOpinion = "APPRAISAL_OPINION",
        /// 勘验笔录、现场笔录.
        SiteRecord = "SITE_RECORD",
    }
}

words! {
    /// How an item was obtained.
    Method {
        /// 扣押, 查封.
        Seized = "SEIZED",
        /// 调取: handed out on demand.
        Produced = "PRODUCED",
        /// 抽样.
        Sampled = "SAMPLED",
        /// 提取: electronic data extracted.
        Extracted = "EXTRACTED",
        /// 打印、拍照、录像.
        Copied = "COPIED",
        /// Made by the officers: a record, a statement taken.
        Recorded = "RECORDED",
    }
}

words! {
    /// In what kind of case an item was collected.
    Proceeding {
        /// 行政案件: by an agency that enforces.
        Administrative = "ADMINISTRATIVE",
        /// 刑事案件: by who investigates a crime.
        Criminal = "CRIMINAL",
    }
}

words! {
    /// What an item is to an environmental case (法释〔2023〕7号 art. 14, 15).
    EnvironmentalKind {
        /// 监测数据.
        MonitoringData = "MONITORING_DATA",
        /// 书面意见: what waste it is.
        WasteOpinion = "WASTE_OPINION",
    }
}

words! {
    /// Who made it.
    EnvironmentalIssuer {
        /// 生态环境主管部门.
        EnvironmentAuthority = "ENVIRONMENT_AUTHORITY",
        /// A monitoring body of that authority.
        MonitoringBody = "MONITORING_BODY",
        /// 公安机关.
        PublicSecurity = "PUBLIC_SECURITY",
    }
}

words! {
    /// Who signed a paper.
    Signer {
        /// The officers.
        Officers = "OFFICERS",
        /// The holder, 持有人.
        Holder = "HOLDER",
        /// The witness, 见证人.
        Witness = "WITNESS",
    }
}

words! {
    /// Kinds of administrative measure over property.
    MeasureKind {
        /// 先行登记保存.
        PriorRegistration = "PRIOR_REGISTRATION",
        /// 查封 or 扣押.
        Seizure = "SEIZURE",
    }
}

words! {
    /// How a measure stands. That it is past its last day follows from the day: see `measure`.
    MeasureState {
        /// It holds.
        Running = "RUNNING",
        /// It was lifted.
        Released = "RELEASED",
        /// It was not lifted by its last day.
        Expired = "EXPIRED",
        /// The item went to another organ.
        HandedOver = "HANDED_OVER",
        /// The item was sold or destroyed.
        Disposed = "DISPOSED",
    }
}

words! {
    /// What is done with a measure.
    MeasureChange {
        /// Made longer, once.
        Extend = "EXTEND",
        /// Days for testing do not count.
        ExcludeTesting = "EXCLUDE_TESTING",
        /// Lifted.
        Release = "RELEASE",
        /// A prior registration becomes a seizure.
        Seize = "SEIZE",
    }
}

words! {
    /// Whether an item is still there.
    CustodyState {
        /// Somebody holds it.
        Held = "HELD",
        /// Given back to whom it belongs to.
        Returned = "RETURNED",
        /// 销毁.
        Destroyed = "DESTROYED",
        /// 变卖, 拍卖.
        Sold = "SOLD",
    }
}

words! {
    /// What happens to an item (LAW.md 4.3).
    CustodyKind {
        /// Taken.
        Collected = "COLLECTED",
        /// Entered here.
        Registered = "REGISTERED",
        /// A seal was put on.
        Sealed = "SEALED",
        /// The seal was opened.
        Unsealed = "UNSEALED",
        /// Something was taken of it.
        Sampled = "SAMPLED",
        /// It was tested.
        Tested = "TESTED",
        /// Placed in storage, with its custodian.
        Stored = "STORED",
        /// Given away.
        HandedOver = "HANDED_OVER",
        /// Taken over.
        Received = "RECEIVED",
        /// Given back to whom it belongs to.
        Returned = "RETURNED",
        /// Destroyed.
        Destroyed = "DESTROYED",
        /// Sold.
        Sold = "SOLD",
        /// Recognised by another body after review.
        Recognized = "RECOGNIZED",
        /// A defect was cured.
        Cured = "CURED",
    }
}

words! {
    /// What a hand-over is for.
    Purpose {
        /// With a referral (T-21, T-26).
        Referral = "REFERRAL",
        /// To another agency for its own case (E-12).
        OtherAgency = "OTHER_AGENCY",
        /// To a laboratory's agency or a special store, and back.
        Custody = "CUSTODY",
        /// Back to the body it came from.
        Return = "RETURN",
        /// Ordered by the decision of a dispute: to the body found competent.
        Dispute = "DISPUTE",
    }
}

words! {
    /// How a hand-over stands.
    HandOverState {
        /// Listed by the giver.
        Proposed = "PROPOSED",
        /// Counted by the receiver.
        Counted = "COUNTED",
        /// Signed by one side; nothing has moved.
        HalfSigned = "HALF_SIGNED",
        /// Signed by both; what was accepted has moved.
        Completed = "COMPLETED",
        /// Not taken over.
        Refused = "REFUSED",
        /// Taken back.
        Withdrawn = "WITHDRAWN",
    }
}

words! {
    /// For what an item is to be used.
    Use {
        /// By another administrative agency.
        OtherAgency = "OTHER_AGENCY",
        /// For filing a criminal case.
        CriminalFiling = "CRIMINAL_FILING",
        /// For prosecution.
        Prosecution = "PROSECUTION",
        /// At trial.
        Trial = "TRIAL",
        /// In an administrative case (E-12, E-13).
        AdministrativeCase = "ADMINISTRATIVE_CASE",
        /// In a public-order case, 治安案件 (E-13).
        PublicOrderCase = "PUBLIC_ORDER_CASE",
    }
}

words! {
    /// How an item may be used (LAW.md 4.1).
    Conversion {
        /// After review, as it is.
        Direct = "DIRECT",
        /// Named by some of the texts only.
        ReviewRequired = "REVIEW_REQUIRED",
        /// To be collected again.
        Recollect = "RECOLLECT",
    }
}

words! {
    /// What a defect means.
    Severity {
        /// The item is excluded.
        Exclude = "EXCLUDE",
        /// Cured or explained, or excluded.
        Curable = "CURABLE",
    }
}

words! {
    /// What an officer is, as identity knows it.
    Position {
        /// 执法人员.
        EnforcementOfficer = "ENFORCEMENT_OFFICER",
        /// 副职负责人.
        DeputyHead = "DEPUTY_HEAD",
        /// 正职负责人.
        PrincipalHead = "PRINCIPAL_HEAD",
        /// 主持工作的负责人.
        ActingHead = "ACTING_HEAD",
        /// 检察长.
        ChiefProcurator = "CHIEF_PROCURATOR",
    }
}

impl Position {
    /// Whether this is one of the heads of a body (负责人), a deputy too.
    pub fn is_head(self) -> bool {
        self != Self::EnforcementOfficer
    }

    /// Whether this is the principal head, or who acts as such.
    pub fn is_principal(self) -> bool {
        matches!(self, Self::PrincipalHead | Self::ActingHead | Self::ChiefProcurator)
    }
}
