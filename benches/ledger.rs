//! What the ledger bears: `cargo bench --bench ledger`, or `-- FOLDER` to measure another disk.
//!
//! A list of 100,000 leads is imported; among 1,000,000 leads of eleven time zones, some of whom
//! wait for a repeat, the next one is chosen again and again; attempts are made from their beginning to
//! their end by many writers at once, each step on the disk before the next. How long the disk takes
//! to flush is measured beside it: nothing durable is faster.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program that measures, for a person at a terminal"
)]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use novodial::campaign::{
    CampaignId, Lead, LeadPolicy, LeadReader, RowRead, RunId, WeekHours, Zone,
};
use novodial::line::Disposition;
use novodial::phone::{NumberRules, Numbering, PhoneNumber};
use novodial::store::{AttemptEnd, Campaign, Claim, ImportRules, LeadRow, Ledger, NewAttempt};

const LIST: u32 = 100_000;
const MANY: u32 = 1_000_000;
const PIECE: usize = 5_000;
/// Zones from Kaliningrad to Kamchatka.
const ZONES: [&str; 11] = [
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
];

fn main() {
    let arguments = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"));
    let folders: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    let folders = if folders.is_empty() {
        vec![std::env::temp_dir(), PathBuf::from("/dev/shm")]
    } else {
        folders
    };
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        let house = tempfile::tempdir_in(folder).unwrap();
        println!("in {}:", folder.display());
        flushes(house.path());
        import(house.path());
        choice_and_attempts(house.path());
    }
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// The median and the 99th of 100, in milliseconds.
fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |share: usize| {
        times
            .get(times.len() * share / 100)
            .copied()
            .unwrap_or_default()
    };
    format!(
        "{:.3} ms (median), {:.3} ms (99 of 100)",
        ms(at(50)),
        ms(at(99))
    )
}

/// How long the disk takes to make a small write durable, in a file that is there already, as the
/// log of the ledger is.
fn flushes(folder: &Path) {
    let mut file = File::create(folder.join("flush")).unwrap();
    file.write_all(&vec![0; 200 * 4_096]).unwrap();
    file.sync_all().unwrap();
    file.rewind().unwrap();
    let mut times: Vec<Duration> = (0..200)
        .map(|_| {
            let begun = Instant::now();
            file.write_all(&[7; 4_096]).unwrap();
            file.sync_data().unwrap();
            begun.elapsed()
        })
        .collect();
    println!("  a flush of 4 KiB: {}", spread(&mut times));
}

fn number(index: u32) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+7900{index:07}")).unwrap()
}

fn csv() -> String {
    let mut list = "phone;name;company;city;priority\n".to_owned();
    for index in 0..LIST {
        writeln!(
            list,
            "8 (900) {index:07};Lead {index};Acme {index};Town;{}",
            index % 3
        )
        .unwrap();
    }
    list
}

fn open(folder: &Path, name: &str) -> (Ledger, Campaign) {
    let ledger = Ledger::open(&folder.join(name)).unwrap();
    let campaign = ledger
        .open_campaign("bench", "bench.csv", None, now())
        .unwrap();
    (ledger, campaign)
}

fn now() -> Timestamp {
    Timestamp::now()
}

/// From the bytes of a list to leads in the ledger, piece by piece.
fn import(folder: &Path) {
    let (list, numbering) = (csv(), Numbering::default());
    let (ledger, campaign) = open(folder, "import.db");
    for what in ["new", "known"] {
        let begun = Instant::now();
        let import = ledger.begin_import(campaign.id, now()).unwrap();
        let rules = ImportRules {
            numbering: Some(&numbering),
            ..ImportRules::default()
        };
        let mut reader = LeadReader::new("bench.csv", None, NumberRules::default());
        let (mut piece, mut count) = (Vec::with_capacity(PIECE), 0);
        for chunk in list.as_bytes().chunks(1 << 20) {
            reader.push(chunk);
            while let Some(row) = reader.next_row().unwrap() {
                let RowRead::Lead(lead, _) = row else {
                    continue;
                };
                piece.push(*lead);
                count += 1;
                if piece.len() == PIECE {
                    ledger.add_leads(&import, &piece, &rules).unwrap();
                    piece.clear();
                }
            }
        }
        ledger.add_leads(&import, &piece, &rules).unwrap();
        println!(
            "  {count} leads imported, {what}: {:.2} s",
            begun.elapsed().as_secs_f64()
        );
    }
}

/// Leads of all zones; a fifth wait for a repeat.
fn many(ledger: &Ledger, campaign: &Campaign) {
    let zones = ZONES.map(|name| Zone::parse(name).unwrap());
    let import = ledger.begin_import(campaign.id, now()).unwrap();
    let lead = |index: u32| {
        let mut lead = Lead::new(number(index), u64::from(index) + 2);
        lead.terms.timezone = zones.get(index as usize % zones.len()).cloned();
        lead.terms.priority = i32::try_from(index % 3).unwrap();
        lead
    };
    for first in (0..MANY).step_by(PIECE) {
        let leads: Vec<Lead> = (first..first + 5_000).map(lead).collect();
        ledger
            .add_leads(&import, &leads, &ImportRules::default())
            .unwrap();
    }
}

fn policy() -> LeadPolicy {
    let mut policy = LeadPolicy::default();
    policy.window.hours = "any".parse::<WeekHours>().unwrap();
    policy.other_part_of_day = false;
    policy
}

/// A campaign that is worked off.
struct Floor<'a> {
    ledger: &'a Ledger,
    campaign: CampaignId,
    run: RunId,
    policy: LeadPolicy,
}

impl Floor<'_> {
    fn claim(&self) -> LeadRow {
        loop {
            let claim = self
                .ledger
                .next_lead(self.campaign, self.run, &self.policy, now());
            match claim.unwrap() {
                Claim::Lead(lead) => return *lead,
                Claim::Later(..) => {}
                Claim::Exhausted | Claim::Closed(_) => unreachable!("there are leads"),
            }
        }
    }

    /// An attempt from the claim to the end: four commits, each on the disk before the next step.
    fn attempt(&self) {
        static CHANNEL: AtomicU64 = AtomicU64::new(0);
        let lead = self.claim();
        let channel = CHANNEL.fetch_add(1, Ordering::SeqCst);
        let attempt = NewAttempt {
            run: self.run,
            lead: Some(lead.id),
            campaign: Some(self.campaign),
            channel_id: format!("bench-{channel}"),
            number: lead.number.clone(),
            extension: None,
            caller_id: None,
            trunk: None,
            scenario: None,
            at: now(),
        };
        let id = self.ledger.begin_attempt(&attempt).unwrap();
        self.ledger.mark_dialled(id, now()).unwrap();
        let end = AttemptEnd::new(id, Disposition::NoAnswer, now());
        self.ledger.end_attempt_under(&end, &self.policy).unwrap();
    }

    /// So many attempts, by so many writers at once.
    fn attempts(&self, writers: u64, count: u64) {
        let left = AtomicU64::new(count);
        let take = || {
            let taken = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
            taken.is_ok()
        };
        let begun = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..writers {
                scope.spawn(|| {
                    while take() {
                        self.attempt();
                    }
                });
            }
        });
        let rate = count as f64 / begun.elapsed().as_secs_f64();
        println!("  {writers} writers: {rate:.0} attempts a second, each in four durable steps");
    }
}

fn choice_and_attempts(folder: &Path) {
    let (ledger, campaign) = open(folder, "many.db");
    many(&ledger, &campaign);
    let floor = Floor {
        ledger: &ledger,
        campaign: campaign.id,
        run: ledger.begin_run("bench", 1, "host", now()).unwrap().id,
        policy: policy(),
    };
    let before = resident_kib();
    floor.attempts(256, 40_000);
    let (mut looks, mut claims) = (Vec::new(), Vec::new());
    for _ in 0..1_000 {
        let begun = Instant::now();
        ledger.next_due(campaign.id, &floor.policy, now()).unwrap();
        looks.push(begun.elapsed());
        let begun = Instant::now();
        let lead = floor.claim();
        claims.push(begun.elapsed());
        ledger.release_lead(lead.id).unwrap();
    }
    println!(
        "  among {MANY}: when the next is due: {}",
        spread(&mut looks)
    );
    println!(
        "  among {MANY}: the next chosen and claimed, durable: {}",
        spread(&mut claims)
    );
    for writers in [1, 16, 64] {
        floor.attempts(writers, 2_000 * writers.min(8));
    }
    println!(
        "  memory: {} MiB before, {} MiB after all that",
        before / 1_024,
        resident_kib() / 1_024
    );
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
