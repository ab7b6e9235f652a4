import Contract
import Kernel

/// `GET /api/audit`, as every context reads it.
extension RequestContext {
    /// The parameters that name the thing which entries are about, one for each kind of thing.
    public static let auditSubjects = [
        "entityId", "organizationId", "integrationId", "workspaceId",
    ]

    /// Which of `auditSubjects` is given; nil for none.
    public func auditSubject() throws(Fault) -> (name: String, id: String)? {
        var found: [(name: String, id: String)] = []
        for name in Self.auditSubjects {
            if let id = try query(name) { found.append((name, id)) }
        }
        guard found.count <= 1 else {
            throw .invalid(
                found.map { Fault.Field("/\($0.name)", "must be the only one of its kind") })
        }
        return found.first
    }

    public func auditFilter() throws(Fault) -> AuditFilter {
        var validation = Validation()
        func time(_ name: String) throws(Fault) -> Timestamp? {
            guard let text = try query(name) else { return nil }
            if let time = Timestamp(rfc3339: text) { return time }
            validation.reject("/\(name)", "must be an RFC 3339 timestamp")
            return nil
        }
        let filter = AuditFilter(
            about: try auditSubject()?.id, actorId: try query("actorId"), from: try time("from"),
            to: try time("to"))
        try validation.finish()
        return filter
    }
}
