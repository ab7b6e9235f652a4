import FoundationEssentials
import HTTPCore
import IntegrationsContract
import Kernel
import SCIM
import ServiceKit
import WriteKit

/// Does the operations of a bulk request: in their order, but for those that refer to others, which
/// come after them (RFC 7644 §3.7.2).
struct BulkOperations: Sendable {
    let users: ProvisionUsers
    let groups: ProvisionGroups?
    let metrics: BulkMetrics

    /// What became of one.
    private struct Outcome {
        var status: Int
        var location: String?
        var version: String?
        var id: String?
        var response: SCIMValue?
    }

    /// The message of the response.
    func perform(_ bulk: SCIMBulk, by caller: Caller) async throws -> SCIMValue {
        try UserPolicy.requireAdmin(caller)
        var outcomes: [Int: Outcome] = [:]
        var ids: [String: String] = [:]
        var errors = 0
        var waiting = Array(bulk.operations.indices)
        let names = Set(bulk.operations.compactMap(\.bulkId))
        while let next = waiting.first(where: { index in
            bulk.operations[index].references.allSatisfy { ids[$0] != nil || !names.contains($0) }
        }) ?? waiting.first {
            waiting.removeAll { $0 == next }
            let outcome = await perform(bulk.operations[next], ids, by: caller)
            metrics.count(outcome.status)
            outcomes[next] = outcome
            if let name = bulk.operations[next].bulkId, let id = outcome.id { ids[name] = id }
            if outcome.status >= 400 { errors += 1 }
            if let limit = bulk.failOnErrors, errors >= limit { break }
        }
        let shown = bulk.operations.enumerated().compactMap { index, operation in
            outcomes[index].map { Self.message($0, of: operation) }
        }
        return [
            "schemas": [.string(SCIMURN.bulkResponse)], "Operations": .array(shown),
        ]
    }

    private static func message(
        _ outcome: Outcome, of operation: SCIMBulk.Operation
    ) -> SCIMValue {
        var message = SCIMObject([
            ("method", .string(operation.method.rawValue)),
            ("status", .string("\(outcome.status)")),
        ])
        message["bulkId"] = operation.bulkId.map { .string($0) }
        message["location"] = outcome.location.map { .string($0) }
        message["version"] = outcome.version.map { .string($0) }
        message["response"] = outcome.response
        return .object(message)
    }

    private func perform(
        _ operation: SCIMBulk.Operation, _ ids: [String: String], by caller: Caller
    ) async -> Outcome {
        do {
            let resolved = operation.resolved(ids)
            if let open = resolved.references.first {
                throw Fault(
                    .conflict, code: "scim_error",
                    "bulkId:\(open.prefix(100)) is of no operation that has succeeded.")
            }
            return try await done(resolved, by: caller)
        } catch {
            let problem = Problem(error)
            let body = problem.scim.body
            return Outcome(
                status: problem.scim.status,
                response: try? JSONDecoder().decode(SCIMValue.self, from: Data(body)))
        }
    }

    private func done(
        _ operation: SCIMBulk.Operation, by caller: Caller
    ) async throws -> Outcome {
        let parts = operation.path.split(separator: "/").map(String.init)
        switch (parts.first, parts.count, operation.method) {
        case ("Users", 1, .post):
            let write = try users.create(operation.data, by: caller)
            return outcome(201, try await write.commitWithoutKeepingAnswer())
        case ("Users", 2, .put):
            let write = try users.replace(
                parts[1], by: operation.data, caller, version: operation.version)
            return outcome(200, try await write.commitWithoutKeepingAnswer())
        case ("Users", 2, .patch):
            let write = try users.patch(
                parts[1], operation.data, by: caller, version: operation.version)
            return outcome(200, try await write.commitWithoutKeepingAnswer())
        case ("Users", 2, .delete):
            let write = users.delete(parts[1], by: caller, version: operation.version)
            try await write.commitWithoutKeepingAnswer()
            return Outcome(status: 204, location: "\(users.root)/Users/\(parts[1])")
        case ("Groups", _, _):
            guard let groups else { throw Fault.notFound }
            return try await done(operation, parts, groups, by: caller)
        default: throw Fault.notFound
        }
    }

    private func done(
        _ operation: SCIMBulk.Operation, _ parts: [String], _ groups: ProvisionGroups,
        by caller: Caller
    ) async throws -> Outcome {
        let conditions = ProvisionGroups.Conditions(isSet: operation.version != nil) { tag in
            try SCIMVersion.require(operation.version, is: tag)
        }
        switch (parts.count, operation.method) {
        case (1, .post): return outcome(201, try await groups.create(operation.data, by: caller))
        case (2, .put):
            return outcome(
                200, try await groups.replace(parts[1], by: operation.data, caller, conditions))
        case (2, .patch):
            return outcome(
                204, try await groups.patch(parts[1], operation.data, by: caller, conditions))
        case (2, .delete):
            try await groups.delete(parts[1], by: caller, conditions)
            return Outcome(status: 204, location: "\(users.root)/Groups/\(parts[1])")
        default: throw Fault.notFound
        }
    }

    private func outcome(_ status: Int, _ user: SCIMUser) -> Outcome {
        Outcome(
            status: status, location: "\(users.root)/Users/\(user.user.id)",
            version: user.resource(below: users.root).version, id: user.user.id)
    }

    private func outcome(_ status: Int, _ group: SCIMGroup) -> Outcome {
        Outcome(
            status: status, location: "\(users.root)/Groups/\(group.team.id)",
            version: group.version, id: group.team.id)
    }
}
