import Contract
import Kernel

extension GatewayRoutes {
    /// The audit of all contexts as one list. The gateway finds the context by the parameter that
    /// names what the entries are about.
    /// - Parameter lists: the list of each context; its first parameter names the thing.
    public static func audit(of lists: [Endpoint]) -> EndpointGroup {
        let documents = lists.map(\.documentation)
        let common = documents.first?.query.dropFirst() ?? []
        let list = Endpoint(
            "listAudit", .get, "/api/audit", summary: "List audit entries",
            details: "Newest first. Publishers can list the entries of their entity, admins those "
                + "of their organization, managers those of their integration and owners those of "
                + "their workspace. Platform admins can list all of them; without any of the four "
                + "ids they get the newest \(AuditTailQuery.maximumDepth) entries.",
            query: documents.compactMap(\.query.first) + common,
            answers: .list(of: AuditEntryBody.self),
            problems: [GatewayProblems.adminRequired] + documents.flatMap(\.problems)
                + ProblemType.ofUpstreams)
        return EndpointGroup(
            "Audit",
            "Who granted, changed or revoked access. Entries are written in the same transaction "
                + "as the change and never modified.", [list])
    }
}
