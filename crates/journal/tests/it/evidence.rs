//! The tree over entry hashes, its proofs, and what is signed about it.

use std::fs;
use std::sync::Arc;

use base::{CivilDate, Timestamp};
use journal::evidence::{
    Checkpoint, CheckpointError, ConsistencyProof, EntryTree, FileNodes, KeyKind, MemoryNodes, NoteError,
    NoteKey, NoteSigner, ProofError, Receipt, ReceiptError, RecordProof, RecordProofError, Seen,
    SignedCheckpoint, TreeError, Witness, WitnessError, read_signer, secret_line, verify_consistency,
    verify_inclusion,
};
use journal::{Draft, Entry, Hash, Head, KeyRing, Movement, Sealed, Sealer};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

fn sha256(parts: &[&[u8]]) -> Hash {
    Hash(Sha256::digest(parts.concat()).into())
}

fn entry(number: u64) -> Hash {
    sha256(&[b"entry", &number.to_le_bytes()])
}

fn tree(size: u64) -> EntryTree<MemoryNodes> {
    let mut tree = EntryTree::new(MemoryNodes::default(), 0);
    (0..size).for_each(|number| tree.append(&entry(number)).unwrap());
    tree
}

/// RFC 6962 §2.1, word for word.
fn defined(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(&[]),
        [one] => sha256(&[&[0], &one.0]),
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            sha256(&[&[1], &defined(left).0, &defined(right).0])
        }
    }
}

/// RFC 6962 §2.1.1, word for word.
fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut path, beside) =
        if m < left.len() { (path(m, left), right) } else { (path(m - left.len(), right), left) };
    path.push(defined(beside));
    path
}

/// RFC 6962 §2.1.2, word for word.
fn subproof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if whole { Vec::new() } else { vec![defined(leaves)] };
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut proof, beside) = if m <= left.len() {
        (subproof(m, left, whole), right)
    } else {
        (subproof(m - left.len(), right, false), left)
    };
    proof.push(defined(beside));
    proof
}

#[test]
fn roots_and_proofs_are_those_of_rfc_6962_for_every_small_size() {
    let whole = tree(40);
    let leaves: Vec<Hash> = (0..40).map(entry).collect();
    for size in 0..=40usize {
        let (leaves, size) = (&leaves[..size], size as u64);
        assert_eq!(whole.root(size).unwrap(), defined(leaves), "root of {size}");
        for index in 0..size {
            let proof = whole.inclusion(index, size).unwrap();
            assert_eq!(proof, path(index as usize, leaves), "leaf {index} of {size}");
        }
        for old in 1..=size {
            let proof = whole.consistency(old, size).unwrap();
            assert_eq!(proof, subproof(old as usize, leaves, true), "{old} to {size}");
        }
    }
    assert_eq!(whole.root(41), Err(TreeError::Beyond { asked: 41, size: 40 }));
    assert_eq!(whole.inclusion(7, 7), Err(TreeError::Beyond { asked: 8, size: 7 }));
    assert_eq!(whole.consistency(8, 7), Err(TreeError::Beyond { asked: 8, size: 7 }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_proof_holds_for_its_leaf_and_sizes_and_for_nothing_else(
        size in 1..700u64, a in 0..700u64, b in 1..700u64, flipped in 0..256usize,
    ) {
        let whole = tree(size);
        let (index, old) = (a % size, b % size + 1);
        let root = whole.root(size).unwrap();
        let proof = whole.inclusion(index, size).unwrap();
        prop_assert_eq!(verify_inclusion(&entry(index), index, size, &proof, &root), Ok(()));
        prop_assert!(verify_inclusion(&entry(index + 1), index, size, &proof, &root).is_err());
        for other in [index.wrapping_sub(1), index + 1, index ^ 64] {
            prop_assert!(verify_inclusion(&entry(index), other, size, &proof, &root).is_err());
        }
        let mut altered = proof;
        if let Some(hash) = altered.first_mut() {
            hash.0[flipped / 8] ^= 1 << (flipped % 8);
            prop_assert_eq!(verify_inclusion(&entry(index), index, size, &altered, &root), Err(ProofError::Root));
        }
        let old_root = whole.root(old).unwrap();
        let proof = whole.consistency(old, size).unwrap();
        prop_assert_eq!(verify_consistency(old, &old_root, size, &root, &proof), Ok(()));
        // A history that was rewritten has no proof, whatever tree it is made from.
        let mut rewritten = EntryTree::new(MemoryNodes::default(), 0);
        for number in 0..size {
            let changed = if number == a % old { entry(9_999) } else { entry(number) };
            rewritten.append(&changed).unwrap();
        }
        let (their_root, theirs) = (rewritten.root(size).unwrap(), rewritten.consistency(old, size).unwrap());
        prop_assert!(verify_consistency(old, &old_root, size, &their_root, &theirs).is_err());
        prop_assert!(verify_consistency(old, &old_root, size, &their_root, &proof).is_err());
    }
}

/// The example of the signed-note specification (and of Go's package note).
const PETER: (&str, &str) = ("PeterNeumann", "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz");
const SAID: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNED: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";

#[test]
fn signatures_are_those_of_the_published_example() {
    use base64::Engine as _;
    let secret = base64::engine::general_purpose::STANDARD.decode(PETER.1).unwrap();
    let signer = NoteSigner::new(PETER.0, KeyKind::Log, secret[1..].try_into().unwrap()).unwrap();
    assert_eq!(signer.sign(SAID, Timestamp(0)), SIGNED);
    assert_eq!(signer.key().verify(SAID, &[SIGNED.to_owned()]), Ok(None));
    let other = SAID.replace("answer", "question");
    assert!(matches!(signer.key().verify(&other, &[SIGNED.to_owned()]), Err(NoteError::Signature(_))));
    assert!(matches!(signer.key().verify(SAID, &[]), Err(NoteError::Unsigned(_))));
    for name in ["", "two words", "a+b", "a\nb"] {
        assert!(matches!(NoteKey::new(name, KeyKind::Log, [1; 32]), Err(NoteError::Name(_))), "{name:?}");
    }
}

const ORIGIN: &str = "jakarta-one.go.id/journal";

fn operator() -> NoteSigner {
    NoteSigner::new(ORIGIN, KeyKind::Log, &[1; 32]).unwrap()
}

fn diskominfotik() -> NoteSigner {
    NoteSigner::new("diskominfotik.jakarta.go.id", KeyKind::Witness, &[2; 32]).unwrap()
}

fn checkpoint(tree: &EntryTree<MemoryNodes>, size: u64) -> SignedCheckpoint {
    let (root, head) = (tree.root(size).unwrap(), entry(size - 1));
    let at = Timestamp(1_795_000_000_000_000);
    Checkpoint { origin: ORIGIN.to_owned(), size, root, head, at, epoch: 3 }.sign(&operator())
}

#[test]
fn a_checkpoint_survives_writing_and_reading_and_no_altered_one_does() {
    let signed = checkpoint(&tree(5), 5);
    let note = signed.to_note();
    let read = SignedCheckpoint::from_note(&note).unwrap();
    assert_eq!(read, signed);
    assert_eq!(read.verify(operator().key()), Ok(None));
    for (place, letter) in note.char_indices().filter(|(_, letter)| letter.is_ascii()) {
        let other = if letter == '0' { "1" } else { "0" };
        let altered = [&note[..place], other, &note[place + 1..]].concat();
        let verified = SignedCheckpoint::from_note(&altered).map(|read| read.verify(operator().key()));
        assert!(!matches!(verified, Ok(Ok(_))), "byte {place}");
    }
    let twice = note.replacen("5\n", "05\n", 1);
    assert!(
        matches!(SignedCheckpoint::from_note(&twice), Err(CheckpointError::Form(_))),
        "one way to write it"
    );
}

#[test]
fn a_witness_signs_what_continues_the_last_checkpoint_and_nothing_else() {
    let (tree, now) = (tree(90), Timestamp(1_795_000_123_456_789));
    let witness = |seen| Witness::new(ORIGIN, operator().key().clone(), diskominfotik(), seen).unwrap();
    let mut watching = witness(None);
    let mut kept = None;
    let mut first = checkpoint(&tree, 30);
    let keep = |kept: &mut Option<Seen>, seen| {
        *kept = Some(seen);
        Ok(())
    };
    watching.cosign(&mut first, &[], now, |seen| keep(&mut kept, seen)).unwrap();
    assert_eq!(first.verify(diskominfotik().key()), Ok(Some(Timestamp(1_795_000_123_000_000))));
    let read = SignedCheckpoint::from_note(&first.to_note()).unwrap();
    assert!(read.verify(operator().key()).is_ok() && read.verify(diskominfotik().key()).is_ok());

    // A new process goes on where the last one was.
    let mut watching = witness(kept);
    let proof = tree.consistency(30, 77).unwrap();
    let mut later = checkpoint(&tree, 77);
    assert!(watching.cosign(&mut later, &[], now, |_| Ok(())).is_err(), "without a proof");
    let unkept = watching.cosign(&mut later, &proof, now, |_| Err(std::io::ErrorKind::StorageFull.into()));
    assert!(matches!(unkept, Err(WitnessError::Keep(_))) && watching.seen() == kept);
    assert!(later.verify(diskominfotik().key()).is_err(), "nothing was signed so far");
    watching.cosign(&mut later, &proof, now, |_| Ok(())).unwrap();
    assert_eq!(watching.seen().map(|seen| seen.size), Some(77));

    // Back to the past, another history of the same size, another journal, another operator: no.
    let mut refused = |mut signed: SignedCheckpoint, proof: &[Hash]| {
        let refused = watching.cosign(&mut signed, proof, now, |_| Ok(())).unwrap_err();
        assert!(signed.verify(diskominfotik().key()).is_err());
        refused
    };
    let past = refused(checkpoint(&tree, 30), &[]);
    assert!(matches!(past, WitnessError::Inconsistent { source: ProofError::Beyond { .. }, .. }), "{past}");
    let mut fork = EntryTree::new(MemoryNodes::default(), 0);
    (0..80).for_each(|number| fork.append(&entry(if number == 76 { 500 } else { number })).unwrap());
    let same = refused(checkpoint(&fork, 77), &[]);
    assert!(matches!(same, WitnessError::Inconsistent { source: ProofError::OldRoot, .. }), "{same}");
    let longer = refused(checkpoint(&fork, 80), &fork.consistency(77, 80).unwrap());
    assert!(matches!(longer, WitnessError::Inconsistent { .. }), "{longer}");
    let mut elsewhere = checkpoint(&tree, 80).checkpoint().clone();
    elsewhere.origin = "other.example/journal".to_owned();
    assert!(matches!(refused(elsewhere.sign(&operator()), &[]), WitnessError::Origin { .. }));
    let stranger = NoteSigner::new(ORIGIN, KeyKind::Log, &[9; 32]).unwrap();
    let forged = checkpoint(&tree, 80).checkpoint().clone().sign(&stranger);
    assert!(matches!(refused(forged, &tree.consistency(77, 80).unwrap()), WitnessError::Note(_)));
    let operators = Witness::new(ORIGIN, operator().key().clone(), operator(), None);
    assert!(operators.is_err(), "the operator's kind of key is no witness's");
}

#[test]
fn keys_are_written_as_in_the_published_example() {
    let public = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let secret = format!("PRIVATE+KEY+PeterNeumann+c74f20a3+{}", PETER.1);
    let signer = read_signer(&secret).unwrap();
    assert_eq!(signer.sign(SAID, Timestamp(0)), SIGNED);
    assert_eq!(signer.key().to_line(), public);
    assert_eq!(NoteKey::from_line(&format!("{public}\n")).unwrap(), *signer.key());
    let line = secret_line("w", KeyKind::Witness, &[2; 32]).unwrap();
    let witness = read_signer(&line).unwrap();
    assert_eq!(NoteKey::from_line(&witness.key().to_line()).unwrap().kind(), KeyKind::Witness);
    for wrong in [public.replace("Peter", "Paul"), public.replace("+c7", "+c8"), secret, String::new()] {
        assert_eq!(NoteKey::from_line(&wrong), Err(NoteError::Key), "{wrong}");
    }
    assert!(read_signer(public).is_err() && read_signer(&line.replace("+w+", "+v+")).is_err());
}

/// Entries of records with and without movement; the last holds as many as are asked for.
fn sealed(records: u8) -> Vec<Sealed> {
    let mut sealer = Sealer::new(Arc::new(KeyRing::in_memory([3; 32])));
    let (mut draft, mut head, mut all) = (Draft::new(), Head::EMPTY, Vec::new());
    for number in 0..3u8 {
        draft.clear(Timestamp(i64::from(number)));
        for record in 0..if number == 2 { records } else { 0 } {
            let value = [b'v', record].repeat(9);
            let plain = [b'm', record].repeat(9);
            let movement = Movement { date: CivilDate(20_778), plain: &plain };
            draft.push(&value, (record % 3 != 1).then_some(movement));
        }
        let next = sealer.seal(&draft, &head).unwrap();
        head = next.head;
        all.push(next);
    }
    all
}

#[test]
fn every_record_is_shown_to_be_in_its_entry_without_the_ones_beside_it() {
    for records in 1..12u8 {
        let all = sealed(records);
        let entry = Entry::parse(&all[2].bytes).unwrap();
        for record in entry.records() {
            let proof = RecordProof::of(&entry, record.index).unwrap();
            assert_eq!(proof.verify().unwrap(), record.value, "{} of {records}", record.index);
            assert_eq!(proof.header.hash(), all[2].head.hash);
            assert_eq!(proof.movement.is_some(), record.movement.is_some());
            // What is shown: the record's own leaves, and hashes.
            let others = entry.records().filter(|other| other.index != record.index);
            let shown = [proof.value.stored, proof.movement.map(|one| one.stored).unwrap_or_default()];
            for other in others {
                assert!(!shown.iter().any(|leaf| leaf.windows(18).any(|part| part == other.value)));
            }
        }
        assert_eq!(RecordProof::of(&entry, u32::from(records)), None);
    }
}

#[test]
fn no_altered_record_is_shown_to_be_in_its_entry() {
    let all = sealed(7);
    let entry = Entry::parse(&all[2].bytes).unwrap();
    let proof = RecordProof::of(&entry, 3).unwrap();
    let refused = |change: &dyn Fn(&mut RecordProof)| {
        let mut altered = proof.clone();
        change(&mut altered);
        altered.verify().err()
    };
    for byte in 0..proof.value.stored.len() {
        assert!(refused(&|altered| altered.value.stored[byte] ^= 1).is_some(), "byte {byte} of the value");
    }
    for byte in 0..proof.movement.as_ref().unwrap().stored.len() {
        let flip = |altered: &mut RecordProof| altered.movement.as_mut().unwrap().stored[byte] ^= 1;
        assert!(refused(&flip).is_some(), "byte {byte} of the movement");
    }
    assert!(refused(&|altered| altered.value.index += 1).is_some());
    assert!(refused(&|altered| altered.value.path.clear()).is_some());
    assert!(refused(&|altered| altered.header.leaves += 8).is_some());
    let other = RecordProof::of(&entry, 6).unwrap();
    let apart = refused(&|altered| altered.movement.clone_from(&other.movement));
    assert_eq!(apart, Some(RecordProofError::Apart), "another record's movement");
    let swapped = refused(&|altered| altered.value = altered.movement.clone().unwrap());
    assert_eq!(swapped, Some(RecordProofError::Form("value")), "a movement is no value");
    // The header is held against the checkpoint: each of its fields is in the hash.
    let hash = proof.header.hash();
    let mut header = proof.header;
    header.at = Timestamp(header.at.0 + 1);
    assert_ne!(header.hash(), hash);
    assert_ne!(journal::evidence::HashedHeader { records: 8, ..proof.header }.hash(), hash);
    assert_ne!(journal::evidence::HashedHeader { seq: 4, ..proof.header }.hash(), hash);
}

#[test]
fn a_receipt_is_checked_with_public_keys_alone_and_says_what_is_wrong() {
    let all = sealed(4);
    let mut tree = EntryTree::new(MemoryNodes::default(), 0);
    all.iter().for_each(|one| tree.append(&one.head.hash).unwrap());
    let (size, head) = (3, all[2].head);
    let root = tree.root(size).unwrap();
    let checkpoint =
        Checkpoint { origin: ORIGIN.to_owned(), size, root, head: head.hash, at: head.at, epoch: 1 };
    let mut signed = checkpoint.clone().sign(&operator());
    let mut watching = Witness::new(ORIGIN, operator().key().clone(), diskominfotik(), None).unwrap();
    let unwitnessed = signed.clone();
    watching.cosign(&mut signed, &[], Timestamp(7_000_000), |_| Ok(())).unwrap();
    let record = RecordProof::of(&Entry::parse(&all[2].bytes).unwrap(), 2).unwrap();
    let receipt = Receipt { record, inclusion: tree.inclusion(2, 3).unwrap(), checkpoint: signed };
    let (operator, witness) = (operator().key().clone(), diskominfotik().key().clone());
    let proven = receipt.verify(&operator, Some(&witness)).unwrap();
    assert_eq!((proven.value, proven.witnessed_at), (&[b'v', 2].repeat(9)[..], Some(Timestamp(7_000_000))));
    assert_eq!(receipt.verify(&operator, None).unwrap().witnessed_at, None);

    let refused = |change: &dyn Fn(&mut Receipt)| {
        let mut altered = receipt.clone();
        change(&mut altered);
        altered.verify(&operator, Some(&witness)).unwrap_err()
    };
    let missing = refused(&|altered| altered.checkpoint = unwitnessed.clone());
    assert!(matches!(missing, ReceiptError::Signature(NoteError::Unsigned(_))), "{missing}");
    let older = refused(&|altered| altered.record.header.seq = 2);
    assert!(matches!(older, ReceiptError::Entry(ProofError::Length | ProofError::Root)), "{older}");
    for seq in [0, 4, u64::MAX] {
        let beyond = refused(&|altered| altered.record.header.seq = seq);
        assert!(matches!(beyond, ReceiptError::Entry(ProofError::Beyond { .. })), "{seq}: {beyond}");
    }
    let time = refused(&|altered| altered.record.header.at = Timestamp(9));
    assert!(matches!(time, ReceiptError::Entry(ProofError::Root)), "{time}");
    let forger = NoteSigner::new(ORIGIN, KeyKind::Log, &[9; 32]).unwrap();
    let forged = refused(&|altered| altered.checkpoint = checkpoint.clone().sign(&forger));
    assert!(matches!(forged, ReceiptError::Signature(_)), "{forged}");
    let other = Checkpoint { origin: "elsewhere".to_owned(), ..checkpoint }.sign(&self::operator());
    assert!(matches!(refused(&|altered| altered.checkpoint = other.clone()), ReceiptError::Origin { .. }));
}

#[test]
fn a_tree_on_disk_is_the_tree_in_memory_and_goes_on_after_every_cut() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tree");
    let memory = tree(70);
    let mut whole = EntryTree::new(FileNodes::open(&path).unwrap(), 0);
    (0..70).for_each(|number| whole.append(&entry(number)).unwrap());
    assert_eq!(whole.root(70), memory.root(70), "before anything is written");
    whole.nodes_mut().flush().unwrap();
    let written = fs::read(&path).unwrap();
    assert_eq!(written.len(), 32 * (2 * 70 - 70u64.count_ones() as usize));
    let read = EntryTree::new(FileNodes::read(&path).unwrap(), 70);
    for size in 1..=70 {
        assert_eq!(read.root(size), memory.root(size));
        assert_eq!(read.inclusion(size / 2, size), memory.inclusion(size / 2, size));
        assert_eq!(read.consistency(size / 3 + 1, size), memory.consistency(size / 3 + 1, size));
    }
    assert_eq!(read.holds(6, &entry(6)), Ok(true));
    assert_eq!(read.holds(6, &entry(7)), Ok(false));
    for length in 0..written.len() {
        fs::write(&path, &written[..length]).unwrap();
        let nodes = FileNodes::open(&path).unwrap();
        let size = nodes.leaves();
        let mut cut = EntryTree::new(nodes, size);
        assert_eq!(cut.root(size), memory.root(size), "{length} bytes");
        (size..70).for_each(|number| cut.append(&entry(number)).unwrap());
        cut.nodes_mut().flush().unwrap();
        assert_eq!(fs::read(&path).unwrap(), written, "{length} bytes");
    }
    let mut cut = FileNodes::open(&path).unwrap();
    cut.cut(5).unwrap();
    assert_eq!(FileNodes::read(&path).unwrap().leaves(), 5);
    assert!(FileNodes::read(&dir.path().join("none")).is_err());
}

#[test]
fn a_proof_survives_writing_and_reading() {
    let proof = ConsistencyProof { old: 30, hashes: tree(77).consistency(30, 77).unwrap() };
    assert_eq!(ConsistencyProof::parse(&proof.text()).unwrap(), proof);
    let first = ConsistencyProof { old: 0, hashes: Vec::new() };
    assert_eq!(ConsistencyProof::parse(&first.text()).unwrap(), first);
    for wrong in ["", "30\n", "old x\n", "old 3\nAAAA\n"] {
        assert!(matches!(ConsistencyProof::parse(wrong), Err(CheckpointError::Form(_))), "{wrong:?}");
    }
}
