import Synchronization

/// Tells the first who asks that he is.
final class Once: Sendable {
    private let wasAsked = Atomic(false)

    var isFirst: Bool { !wasAsked.exchange(true, ordering: .relaxed) }
}
