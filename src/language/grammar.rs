//! Gender and case: what Russian asks of a number before it can be said.

/// The gender of what is counted or named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gender {
    /// «один день».
    Masculine,
    /// «одна минута».
    Feminine,
    /// «одно место».
    Neuter,
}

impl Gender {
    /// Reads `m`, `f`, `n` and the words they stand for, in English and Russian.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "m" | "masculine" | "м" | "мужской" => Some(Self::Masculine),
            "f" | "feminine" | "ж" | "женский" => Some(Self::Feminine),
            "n" | "neuter" | "с" | "средний" => Some(Self::Neuter),
            _ => None,
        }
    }
}

/// The six cases of Russian. English has no use for them and disregards them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Case {
    /// Who, what: «пять дней прошло».
    Nominative,
    /// Of whom, of what; after «до», «от», «без», «около»: «до пяти дней».
    Genitive,
    /// To whom, to what; after «к», «по»: «к пяти дням».
    Dative,
    /// Whom, what; after «в», «на», «через»: «через одну минуту».
    Accusative,
    /// By whom, with what; after «с», «перед», «между»: «пятью днями».
    Instrumental,
    /// About whom, about what; after «о», «в», «на»: «о пяти днях».
    Prepositional,
}

impl Case {
    /// All of them, in the order of the grammar books; tables of forms keep it.
    pub const ALL: [Self; 6] = [
        Self::Nominative,
        Self::Genitive,
        Self::Dative,
        Self::Accusative,
        Self::Instrumental,
        Self::Prepositional,
    ];

    /// Reads a case by its English or Russian name, whole or its first three letters.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "nominative" | "nom" | "именительный" | "им" => Some(Self::Nominative),
            "genitive" | "gen" | "родительный" | "род" => Some(Self::Genitive),
            "dative" | "dat" | "дательный" | "дат" => Some(Self::Dative),
            "accusative" | "acc" | "винительный" | "вин" => Some(Self::Accusative),
            "instrumental" | "ins" | "творительный" | "твор" => {
                Some(Self::Instrumental)
            }
            "prepositional" | "pre" | "предложный" | "пред" => {
                Some(Self::Prepositional)
            }
            _ => None,
        }
    }

    /// Whether the case takes the counted noun's own form rather than the genitive.
    pub(super) fn is_oblique(self) -> bool {
        !matches!(self, Self::Nominative | Self::Accusative)
    }

    /// Picks the form of a table of six.
    pub(super) fn of<'a>(self, forms: &[&'a str; 6]) -> &'a str {
        let [
            nominative,
            genitive,
            dative,
            accusative,
            instrumental,
            prepositional,
        ] = *forms;
        match self {
            Self::Nominative => nominative,
            Self::Genitive => genitive,
            Self::Dative => dative,
            Self::Accusative => accusative,
            Self::Instrumental => instrumental,
            Self::Prepositional => prepositional,
        }
    }
}
