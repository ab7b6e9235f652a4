import Synchronization

/// What a neighbour was asked.
final class Asked: Sendable {
    private let list = Mutex<[String]>([])

    var bodies: [String] { list.withLock { $0 } }

    func add(_ body: String) { list.withLock { $0.append(body) } }
}
