//! A service that uses `keys-core` alone and keeps its keys itself, in a text file of stable text forms.
//!
//! It runs the door of a building: who holds an Active key gets in. Try it twice; the second run finds the first one's
//! keys:
//!
//! ```text
//! cargo run -p keys-core --example own_storage -- /tmp/door
//! ```
//!
//! Three things belong to whoever embeds the core, and this file shows each: the clock, the random source, and the
//! storage. What a key is, what may happen to it and who is let in comes from the core.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use keys_core::{
    Creator, Credential, EnvironmentId, FirstState, HashPolicy, Hasher, KeyId, KeyParts, KeyRecord, Keyring,
    Lifecycle, LifecycleState, Name, NewKey, Owner, OwnerRow, OwnerStanding, Pepper, Proof, Revision,
    StoredSecret, Timestamp, Transition, Verdict, judge, prove,
};

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let folder = std::env::args_os().nth(1).ok_or("usage: own_storage FOLDER")?;
    run(Path::new(&folder), HashPolicy::STANDARD, clock()?, &mut io::stdout())
}

#[expect(clippy::disallowed_methods, reason = "a program reads the clock, once, and passes the time on")]
fn clock() -> Result<Timestamp, Failure> {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    Timestamp::MIN.checked_add(since_1970).ok_or_else(|| "the clock is past the year 9999".into())
}

/// One evening at the door.
pub(crate) fn run(
    folder: &Path,
    policy: HashPolicy,
    now: Timestamp,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut door = Door::open(folder, policy)?;
    writeln!(out, "{} keys in {}", door.keys.len(), folder.display())?;

    let (id, pair) = door.issue(Name::new("night shift")?, now)?;
    // The one time the secret is shown. `expose` is the word to look for in a review.
    writeln!(out, "issued {id}: {}", *pair.expose_joined())?;
    writeln!(out, "at the door: {}", door.ask(&pair.expose_joined(), now)?)?;

    door.change(id, Transition::Deactivate, now)?;
    writeln!(out, "deactivated, at the door: {}", door.ask(&pair.expose_joined(), now)?)?;

    door.change(id, Transition::Activate, now)?;
    writeln!(out, "activated, at the door: {}", door.ask(&pair.expose_joined(), now)?)?;

    if let Err(refusal) = door.change(id, Transition::Delete, now) {
        writeln!(out, "delete: {refusal}")?;
    }
    door.change(id, Transition::Deactivate, now)?;
    door.change(id, Transition::Delete, now)?;
    writeln!(out, "deleted, at the door: {}", door.ask(&pair.expose_joined(), now)?)?;
    Ok(())
}

/// The service: the keys in memory as in the file, and what is needed to judge them.
#[derive(Debug)]
pub(crate) struct Door {
    file: PathBuf,
    keys: BTreeMap<KeyId, KeyRecord>,
    keyring: Keyring,
    policy: HashPolicy,
    hasher: Hasher,
}

impl Door {
    /// Opens the folder, or makes one with a new pepper and no keys.
    pub(crate) fn open(folder: &Path, policy: HashPolicy) -> Result<Self, Failure> {
        let (file, pepper) = (folder.join("keys"), folder.join("pepper"));
        if !pepper.exists() {
            // A pepper made beside keys that were sealed with another would lock everybody out.
            if file.exists() {
                return Err("the keys are there but their pepper is not; bring it back".into());
            }
            fs::create_dir_all(folder)?;
            // A service in earnest makes this file readable for itself alone (0600).
            fs::write(&pepper, Pepper::generate(&mut getrandom::SysRng)?.expose_text().as_bytes())?;
        }
        let keyring = fs::read_to_string(&pepper)?.parse()?;
        let text = if file.exists() { fs::read_to_string(&file)? } else { String::new() };
        let records = text.lines().map(read_line).collect::<Result<Vec<_>, _>>()?;
        let keys = records.into_iter().map(|record| (record.parts().id, record)).collect();
        Ok(Self { file, keys, keyring, policy, hasher: Hasher::new() })
    }

    /// Makes a key and keeps it. The pair is shown to its holder and kept nowhere.
    pub(crate) fn issue(&mut self, name: Name, now: Timestamp) -> Result<(KeyId, Credential), Failure> {
        let rng = &mut getrandom::SysRng;
        let pair = Credential::generate(rng)?;
        let secret = StoredSecret::seal(&pair, &self.keyring, self.policy, &mut self.hasher, rng)?;
        let number = self.keys.last_key_value().map_or(1, |(last, _)| last.number() + 1);
        let id = KeyId::new(number).ok_or("no numbers are left")?;
        let new = NewKey {
            owner: building()?,
            access_key: pair.access_key(),
            secret,
            first_state: FirstState::Active,
            name: Some(name),
            description: None,
            creator: Creator { principal: building()?, key: None },
            created: now,
            expires_at: None,
        };
        self.keep(new.into_record(id, Revision::ZERO))?;
        Ok((id, pair))
    }

    /// Activates, deactivates or deletes a key.
    pub(crate) fn change(
        &mut self,
        id: KeyId,
        transition: Transition,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let record = self.keys.get(&id).ok_or("no such key")?.clone();
        self.keep(record.transition(transition, now)?)
    }

    /// What the door says to someone who presents a pair in its joined form.
    pub(crate) fn ask(&mut self, presented: &str, now: Timestamp) -> Result<&'static str, Failure> {
        // Why it stays shut is for our log; the one outside is told nothing, whatever the reason.
        Ok(match self.verify(presented, now)? {
            Some(Verdict::Allow(_)) => "open",
            Some(Verdict::Deny(_)) | None => "shut",
        })
    }

    /// `None` when what is presented is no pair at all.
    fn verify(&mut self, presented: &str, now: Timestamp) -> Result<Option<Verdict>, Failure> {
        let Ok(pair) = Credential::parse_joined(presented) else { return Ok(None) };
        let record = self.keys.values().find(|record| record.parts().access_key == pair.access_key());
        let row = record.map(KeyRecord::verification_row);
        let possession = match prove(row.as_ref(), &pair, &self.keyring) {
            Proof::Possession(possession) => possession,
            Proof::Mismatch(reason) => return Ok(Some(Verdict::Deny(reason))),
            // Only after a pepper was lost. A service that writes would now keep the new tag as well.
            Proof::NeedsDigest(needed) => {
                let secret =
                    record.and_then(|record| record.parts().lifecycle.secret()).ok_or("no digest")?;
                match needed.check(&secret.digest, &self.keyring, &mut self.hasher)? {
                    Some(proof) => proof.possession,
                    None => return Ok(None),
                }
            }
        };
        // There is one building, and it is always there.
        let owner =
            OwnerRow { standing: OwnerStanding::Active, administers: false, revision: Revision::ZERO };
        Ok(Some(judge(row.as_ref(), Some(&owner), possession, now)))
    }

    /// Keeps a record: first in the file, then in memory, so that what was acknowledged is there after a crash.
    fn keep(&mut self, record: KeyRecord) -> Result<(), Failure> {
        let revision = self.keys.values().map(|kept| kept.parts().revision).max().unwrap_or_default().next();
        let record = record.with_revision(revision);
        let mut keys = self.keys.clone();
        keys.insert(record.parts().id, record);
        let text: String = keys.values().map(|record| write_line(record) + "\n").collect();
        let beside = self.file.with_extension("new");
        let mut file = fs::File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, &self.file)?;
        self.keys = keys;
        Ok(())
    }
}

/// All keys of this service belong to one environment.
fn building() -> Result<Owner, Failure> {
    Ok(Owner::Environment(EnvironmentId::new(1).ok_or("1 is an id")?))
}

/// A record as one line: its fields' text forms, between tabs. None of them can hold a tab or a line break.
pub(crate) fn write_line(record: &KeyRecord) -> String {
    let KeyParts { id, owner, access_key, lifecycle, name, creator, created, updated, revision, .. } =
        record.parts();
    let (digest, tag) = match lifecycle.secret() {
        Some(secret) => (secret.digest.to_string(), secret.tagged.to_string()),
        None => (String::new(), String::new()),
    };
    let name = name.as_ref().map(Name::as_str).unwrap_or_default();
    let state = lifecycle.state();
    format!(
        "{id}\t{owner}\t{access_key}\t{state}\t{digest}\t{tag}\t{name}\t{creator}\t{created}\t{updated}\t{revision}"
    )
}

/// The record of a line. Every field is checked by the parser of its type, so a damaged file is an error, not a key.
pub(crate) fn read_line(line: &str) -> Result<KeyRecord, Failure> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [id, owner, access_key, state, digest, tag, name, creator, created, updated, revision] = fields[..]
    else {
        return Err("a key has 11 fields".into());
    };
    let updated = updated.parse()?;
    let secret = || Ok::<_, Failure>(StoredSecret { digest: digest.parse()?, tagged: tag.parse()? });
    let lifecycle = match state.parse()? {
        LifecycleState::Active => Lifecycle::Active(secret()?),
        LifecycleState::Inactive => Lifecycle::Inactive(secret()?),
        LifecycleState::Deleted => Lifecycle::Deleted { at: updated },
    };
    let record = KeyRecord::from_parts(KeyParts {
        id: id.parse()?,
        owner: owner.parse()?,
        access_key: access_key.parse()?,
        lifecycle,
        name: Some(name.parse()?),
        description: None,
        creator: creator.parse()?,
        created: created.parse()?,
        updated,
        expires_at: None,
        revision: revision.parse()?,
    })?;
    Ok(record)
}
