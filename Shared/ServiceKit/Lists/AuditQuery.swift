import Contract
import Kernel

/// `GET /api/audit`, as read by every context.
extension RequestContext {
    /// The context that owns the named thing; nil if none is named.
    public func auditedContext() throws(Fault) -> String? {
        var found: [(parameter: String, context: String)] = []
        for subject in AuditRoutes.subjects where try query(subject.parameter) != nil {
            found.append(subject)
        }
        guard found.count <= 1 else {
            throw .invalid(
                found.map { Fault.Field("/\($0.parameter)", "must be the only one of its kind") })
        }
        return found.first?.context
    }

    /// The other parameters.
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
