import Synchronization

/// True for the first access only.
final class Once: Sendable {
    private let wasAsked = Atomic(false)

    var isFirst: Bool { !wasAsked.exchange(true, ordering: .relaxed) }
}
