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
        path: [GatewayRoutes.pageName, GatewayRoutes.problemCode], GatewayRoutes.pages)
    static let forwarded =
        EntityRoutes.groups + OrganizationRoutes.groups
        + IntegrationRoutes.groups + InvitationRoutes.groups
    static let audit = GatewayRoutes.audit(of: [
        EntityRoutes.listAudit, OrganizationRoutes.listAudit, IntegrationRoutes.listAudit,
        WorkspaceRoutes.listAudit,
    ])
    static let own =
        GatewayRoutes.groups + [
            audit, AuthZENRoutes.group, OAuthRoutes.group, SCIMRoutes.group, SCIMRoutes.groups,
            LinkRoutes.claims,
        ]
    static let groups = own + forwarded + [pages]
    static let endpoints = groups.flatMap(\.endpoints)

    /// Made once: it takes half a second in a debug build, and nearly every test here asks for it.
    private static let described = Result { try make() }
    private static let parsed = described.map { JSONValue($0.document) ?? .null }

    static func describe() throws -> APIDescription { try described.get() }

    static func document() throws -> JSONValue { try parsed.get() }

    static func make(server: String? = nil) throws -> APIDescription {
        try APIDescription(
            own: own, forwarded: forwarded, pages: pages,
            notices: EventCatalog.notices, scopes: Scopes.meanings,
            frame: PageFrame(version: "1.2.3"),
            server: server)
    }

    /// The pages of the reference by name.
    static func texts() throws -> [String: String] {
        try describe().reference.entries.reduce(into: [:]) {
            $0[$1.name] = String(decoding: $1.page.html, as: UTF8.self)
        }
    }
}

extension JSONValue {
    /// The references of an operation to parameters, those of its path included.
    func parameters(of endpoint: Endpoint) -> [String] {
        let path = self["paths"]?[endpoint.path]
        let own = path?[endpoint.method.rawValue.lowercased()]?["parameters"]?.items ?? []
        return (own + (path?["parameters"]?.items ?? [])).compactMap { $0["$ref"]?.string }
    }

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
