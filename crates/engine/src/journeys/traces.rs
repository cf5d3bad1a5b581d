//! Where the taps of a day are kept: pieces of equal size, so that a growing day copies nothing, each tap with the place of
//! the same holder's tap before it.

use minicbor::Encode;
use minicbor::encode::{Encoder, Error, Write};

use super::{Figures, Trace};
use crate::Position;

/// Taps of one piece.
const PIECE: usize = 4_096;

/// A tap and one more than the index of the holder's tap before it; 0 where there is none.
#[derive(Clone, Debug)]
struct Node {
    trace: Trace,
    previous: u32,
}

/// Taps in order of arrival.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traces {
    pieces: Vec<Vec<Node>>,
}

impl Traces {
    fn node(&self, number: u32) -> Option<&Node> {
        let slot = number.checked_sub(1)? as usize;
        self.pieces.get(slot / PIECE)?.get(slot % PIECE)
    }

    /// All of them, in order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = &Trace> {
        let Self { pieces } = self;
        pieces.iter().flatten().map(|Node { trace, previous: _ }| trace)
    }

    /// From a tap back through the same holder's.
    pub fn chain(&self, newest: u32) -> impl Iterator<Item = &Trace> {
        let mut next = newest;
        std::iter::from_fn(move || {
            let node = self.node(next)?;
            next = node.previous;
            Some(&node.trace)
        })
    }

    /// The number of the tap before one, and something read of that one.
    pub fn step(&self, number: u32) -> (u32, u64) {
        self.node(number).map_or((0, 0), |node| {
            (node.previous, node.trace.figures.charged.0 ^ u64::from(node.trace.place))
        })
    }

    /// Adds a tap after the same holder's newest. Answers its number.
    pub fn push(&mut self, trace: Trace, previous: u32) -> u32 {
        if self.pieces.last().is_none_or(|piece| piece.len() == PIECE) {
            self.pieces.push(Vec::with_capacity(PIECE));
        }
        let full = self.pieces.len().saturating_sub(1) * PIECE;
        let Some(piece) = self.pieces.last_mut() else { return previous };
        piece.push(Node { trace, previous });
        u32::try_from(full + piece.len()).unwrap_or(u32::MAX)
    }

    /// Sets what a tap costs; false if none of the chain stands at the position.
    pub fn set(&mut self, newest: u32, position: Position, figures: Figures) -> bool {
        let mut next = newest;
        while let Some(slot) = next.checked_sub(1) {
            let slot = slot as usize;
            let node = self.pieces.get_mut(slot / PIECE).and_then(|piece| piece.get_mut(slot % PIECE));
            let Some(node) = node else { return false };
            if node.trace.position == position {
                node.trace.figures = figures;
                return true;
            }
            next = node.previous;
        }
        false
    }
}

impl<C> Encode<C> for Traces {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, context: &mut C) -> Result<(), Error<W::Error>> {
        e.array(self.pieces.iter().map(|piece| piece.len() as u64).sum())?;
        for node in self.pieces.iter().flatten() {
            node.trace.encode(e, context)?;
        }
        Ok(())
    }
}
