import Contract
import Kernel
import SQLite

extension WebhooksUseCases {
    /// Stores events of another context, each once: those that were received before change nothing.
    /// - Returns: how many were new.
    func receive(_ batch: OutgoingEvents) async throws -> Int {
        let recorder = EventRecorder(ids: ids)
        let count = try await database.write { try recorder.store(batch.events, in: $0) }
        if count > 0 { wrote() }
        return count
    }
}
