import Contract
import EntitiesContract
import GatewayContract
import IntegrationsContract
import InvitationsContract
import OpenAPI
import OrganizationsContract
import TestSupport

/// The API as the gateway describes it.
enum World {
    static let pages = EndpointGroup(
        "Reference", "Pages.",
        path: [GatewayRoutes.problemCode], GatewayRoutes.pages)
    static let forwarded =
        EntityRoutes.groups + OrganizationRoutes.groups
        + IntegrationRoutes.groups + InvitationRoutes.groups
    static let audit = GatewayRoutes.audit(of: [
        EntityRoutes.listAudit, OrganizationRoutes.listAudit, IntegrationRoutes.listAudit,
        WorkspaceRoutes.listAudit,
    ])
    static let own = GatewayRoutes.groups + [audit, LinkRoutes.claims]
    static let groups = own + forwarded + [pages]
    static let endpoints = groups.flatMap(\.endpoints)

    static func describe(server: String? = nil) throws -> APIDescription {
        try APIDescription(
            own: own, forwarded: forwarded, pages: pages,
            notices: InvitationNotices.all, version: "1.2.3", server: server)
    }

    static func document() throws -> JSONValue { JSONValue(try describe().document) ?? .null }

    static func page() throws -> String {
        String(decoding: try describe().page.html, as: UTF8.self)
    }
}

extension JSONValue {
    /// A value by the names on the way to it.
    func at(_ names: String...) -> JSONValue? {
        names.reduce(Optional(self)) { $0?[$1] }
    }

    var texts: [String] { items.compactMap(\.string) }

    /// Every object in it, itself included.
    var objects: [JSONValue] {
        switch self {
        case .object(let members): [self] + members.values.flatMap(\.objects)
        case .array(let items): items.flatMap(\.objects)
        default: []
        }
    }
}
