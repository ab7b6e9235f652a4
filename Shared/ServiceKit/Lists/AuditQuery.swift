import Contract
import HTTPCore
import Kernel
import SQLite
import WriteKit

extension Route {
    /// A context's list of the audit entries about one thing.
    /// - Parameters:
    ///   - endpoint: as `AuditRoutes.list` declares it; its first parameter names the thing.
    ///   - list: gets what the parameter says.
    public static func audit(
        _ endpoint: Endpoint,
        _ list:
            @escaping @Sendable (
                _ subject: String, AuditFilter, PageRequest, Caller
            ) async throws -> Page<AuditEntryBody>
    ) -> Route {
        let parameter = endpoint.documentation.query.first?.name ?? ""
        return .later(endpoint) { request in
            guard let subject = try request.query(parameter) else {
                throw Fault.invalid("/\(parameter)", "is required")
            }
            let entries = try await list(
                subject, try request.auditFilter(), try request.page(), request.caller)
            return .list(entries, for: request)
        }
    }

    /// A context's newest entries, for lists of several contexts.
    public static func auditTail(of useCases: some UseCases) -> Route {
        .now(AuditRoutes.tail) { request in
            .json(try useCases.auditTail(try request.decode(AuditTailQuery.self)))
        }
    }

    /// How far a context is with an offboarding.
    public static func offboardingState(of useCases: some UseCases) -> Route {
        .later(OffboardingRoutes.state) { request in
            let state = try useCases.offboardingState(
                try request.decode(OffboardingQuery.self).operationId)
            // What it says is done holds everywhere.
            try await useCases.database.settle()
            return .json(state)
        }
    }
}

extension RequestContext {
    /// The parameters of an audit's list, but for its subject.
    public func auditFilter() throws(Fault) -> AuditFilter {
        var validation = Validation()
        func time(_ name: String) throws(Fault) -> Timestamp? {
            guard let text = try query(name) else { return nil }
            if let time = Timestamp(rfc3339: text) { return time }
            validation.reject("/\(name)", Timestamp.rule)
            return nil
        }
        let filter = AuditFilter(
            actorId: try query("actorId"), from: try time("from"), to: try time("to"))
        try validation.finish()
        return filter
    }
}
