//! The tree over entry hashes, its proofs, and what is signed about it.

use base::Timestamp;
use journal::Hash;
use journal::evidence::{
    Checkpoint, CheckpointError, EntryTree, KeyKind, MemoryNodes, NoteError, NoteKey, NoteSigner, ProofError,
    Seen, SignedCheckpoint, TreeError, Witness, WitnessError, verify_consistency, verify_inclusion,
};
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
