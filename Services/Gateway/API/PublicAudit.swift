import Contract
import EntitiesContract
import GatewayContract
import IntegrationsContract
import InvitationsContract
import Kernel
import OrganizationsContract
import ServiceKit

/// `GET /api/audit` as clients see it: the lists of all contexts as one.
enum PublicAudit {
    /// The name of each service, and its list.
    private static let lists = [
        (service: "entities", list: EntityRoutes.listAudit),
        (service: "organizations", list: OrganizationRoutes.listAudit),
        (service: "integrations", list: IntegrationRoutes.listAudit),
        (service: "invitations", list: WorkspaceRoutes.listAudit),
    ]

    static let group = GatewayRoutes.audit(of: lists.map(\.list))
    static let list = group.endpoints[0]

    /// The service that owns the thing that the request names; nil if it names none.
    static func service(of request: RequestContext) throws(Fault) -> String? {
        var named: [(parameter: String, service: String)] = []
        for (service, list) in lists {
            guard let parameter = list.documentation.query.first?.name,
                try request.query(parameter) != nil
            else { continue }
            named.append((parameter, service))
        }
        guard named.count <= 1 else {
            throw .invalid(
                named.map { Fault.Field("/\($0.parameter)", "must be the only one of its kind") })
        }
        return named.first?.service
    }
}
