import Contract
import GatewayContract
import Kernel
import SQLite

/// How far operations are, which are done by all services.
struct Operations: Sendable {
    /// Asks one service.
    typealias Service = @Sendable (OffboardingQuery) async throws -> OffboardingReply

    let database: Database
    let services: [Service]

    /// A service that doesn't respond counts as not done.
    func get(_ id: String, by caller: Caller) async throws -> OperationBody {
        try UserPolicy.requireAccessRevocation(caller)
        guard let operation = try database.read({ try OperationStore.find(id, in: $0) }) else {
            throw Fault.notFound
        }
        let query = OffboardingQuery(operationId: id)
        let replies = await withTaskGroup(of: OffboardingReply?.self) { group in
            for service in services { group.addTask { try? await service(query) } }
            return await group.reduce(into: [OffboardingReply?]()) { $0.append($1) }
        }
        var counts = OffboardingCounts()
        for reply in replies.compactMap(\.self) { counts += reply.counts }
        let finished = replies.compactMap { $0?.finishedAt }
        // Hosts' clocks differ: an operation doesn't end before it began.
        let isDone = finished.count == services.count
        let last = max(finished.max() ?? operation.startedAt, operation.startedAt)
        return OperationBody(
            id: operation.id, userId: operation.userId, counts: counts,
            startedAt: operation.startedAt, finishedAt: isDone ? last : nil)
    }
}
