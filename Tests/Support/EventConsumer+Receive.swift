import Contract
import Kernel
import WriteKit

extension EventConsumer {
    /// Applies an event as its delivery by another service does.
    /// - Returns: false if it was applied before.
    public func receive(
        _ type: String, _ fact: some Encodable, at moment: Timestamp = Timestamp(milliseconds: 0),
        id: String
    ) async throws -> Bool {
        try await apply(
            InternalEvent(id: id, type: type, at: moment, data: try SortedJSON.text(fact)))
    }
}
