import Contract
import EntitiesContract
import TestSupport
import Testing

@testable import Entities

/// Who can do what with an entity: one line for each route, one column for each kind of user. A
/// name after a slash is another body or query of the same route.
enum AuthorizationTable {
    static let legend: [Substring: Refusal] = [
        "404": .hidden,
        "pub": Refusal(403, "not_a_publisher"),
        "own": Refusal(403, "not_the_owner"),
        "giv": Refusal(403, "not_the_creator"),
        "ext": Refusal(403, "external_share_not_allowed"),
        "sco": .scope,
        "gon": Refusal(403, "user_deleted"),
        "is": Refusal(409, "owner_is_publisher"),
    ]

    static let text = """
        -                        -   str fri col mem vis for pub own adm del
        createEntity             201 ok  ok  ok  ok  ok  ok  ok  ok  ok  gon
        listEntities             200 ok  ok  ok  ok  ok  ok  ok  ok  ok  ok
        listEntities/admin       200 sco sco sco sco sco sco sco sco ok  sco
        getEntity                200 404 ok  ok  ok  ok  404 ok  ok  404 404
        updateEntity             200 404 pub pub pub pub 404 ok  ok  404 gon
        deleteEntity             204 404 own own own own 404 own ok  404 gon
        transferEntity           200 404 own own own own 404 own ok  404 gon
        shareEntity              200 404 ok  ok  ok  ok  404 ok  ok  404 gon
        shareEntity/outside      200 404 ext ext ext ext 404 ext ext 404 gon
        listShares               200 404 ok  ok  ok  ok  404 ok  ok  404 404
        revokeShare              204 404 giv 404 404 404 ok  giv giv 404 gon
        listReceivedShares       200 ok  ok  ok  ok  ok  ok  ok  ok  ok  ok
        listGivenShares          200 ok  ok  ok  ok  ok  ok  ok  ok  ok  ok
        listPublishers           200 404 ok  ok  ok  ok  404 ok  ok  404 404
        addPublisher             201 404 pub pub pub pub 404 ok  ok  404 gon
        checkPublisher           200 ok  ok  ok  ok  ok  ok  ok  ok  ok  ok
        removePublisher          204 404 pub pub pub pub 404 ok  ok  404 gon
        removePublisher/self     204 404 pub pub pub pub 404 ok  is  404 gon
        createVersion            201 404 pub pub pub pub 404 ok  ok  404 gon
        listVersions             200 404 ok  ok  ok  ok  404 ok  ok  404 404
        getVersion               200 404 ok  ok  ok  ok  404 ok  ok  404 404
        installEntity            200 404 ok  ok  ok  ok  404 ok  ok  404 gon
        uninstallEntity          204 404 ok  ok  ok  ok  ok  ok  ok  404 gon
        listInstallations        200 ok  ok  ok  ok  ok  ok  ok  ok  ok  ok
        getEntityAccess          200 404 ok  ok  ok  ok  404 ok  ok  404 404
        getEntityAccess/other    200 404 pub pub pub pub 404 ok  ok  404 404
        getEntityAccess/admin    200 404 pub pub pub pub 404 ok  ok  ok  404
        listEntityPeople         200 404 pub pub pub pub 404 ok  ok  404 404
        listEntityPeople/admin   200 404 pub pub pub pub 404 ok  ok  ok  404
        revokeEntityAccess       200 404 pub pub pub pub 404 ok  ok  404 gon
        revokeEntityAccess/owner 200 404 pub pub pub pub 404 is  is  404 gon
        revokeEntityAccess/admin 200 sco sco sco sco sco sco sco sco ok  sco
        checkAccess              200 ok  ok  ok  ok  ok  ok  ok  ok  ok  ok
        listAudit                200 404 pub pub pub pub 404 ok  ok  ok  404
        """

    /// The bodies of routes that take one.
    private static let bodies = [
        "createEntity": #"{"name":"New","type":"app"}"#,
        "updateEntity": #"{"name":"Other"}"#,
        "transferEntity": #"{"userId":"usr_target"}"#,
        "shareEntity": #"{"emails":["target@example.com"]}"#,
        "shareEntity/outside": #"{"emails":["target@example.com","outsider@example.com"]}"#,
        "addPublisher": #"{"userId":"usr_target"}"#,
        "createVersion": AuthorizationScene.version("2.0.0"),
        "installEntity": #"{"version":"1.1.0"}"#,
        "checkAccess": #"{"checks":[{"entityId":"ENTITY"}]}"#,
    ]

    private static let scopes = [
        "getEntityAccess/admin": ["access:check"], "listEntities/admin": ["access:check"],
        "listEntityPeople/admin": ["access:check"], "revokeEntityAccess": ["entities:write"],
        "revokeEntityAccess/owner": ["entities:write"],
        "revokeEntityAccess/admin": ["access:revoke"],
    ]

    static let routes = EntityRoutes.all + [EntityRoutes.listAudit]
    static let names = text.split(separator: "\n").dropFirst().map { line in
        String(line.prefix { $0 != " " })
    }

    struct Row: Sendable {
        let name: String
        let endpoint: Endpoint
        let matrix: MatrixRow<Who>

        /// The scopes that the request needs beyond those of the route.
        var scopes: [String] { AuthorizationTable.scopes[name] ?? [] }

        func body(entity: String) -> String? {
            AuthorizationTable.bodies[name]?.replacing("ENTITY", with: entity)
        }

        func target(entity: String, share: String, caller: String) -> String {
            let user =
                switch name {
                case "removePublisher/self": caller
                case "revokeEntityAccess/owner": "usr_owner"
                default: "usr_coauthor"
                }
            var place = endpoint.path.replacing("{entityId}", with: entity)
                .replacing("{shareId}", with: share).replacing("{userId}", with: user)
                .replacing("{version}", with: "1.0.0")
            if name == "listEntities/admin" { place += "?userId=usr_coauthor" }
            if name == "listAudit" { place += "?entityId=\(entity)" }
            if ["getEntityAccess/other", "getEntityAccess/admin"].contains(name) {
                place += "?userId=usr_coauthor"
            }
            return "\(endpoint.method.rawValue) \(place)"
        }
    }

    static func row(_ name: String) throws -> Row {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        let heads = Who.allCases.map {
            $0 == .platformAdmin ? "adm" : String($0.rawValue.prefix(3))
        }
        try #require(lines[0].dropFirst(2).map(String.init) == heads)
        let line = try #require(lines.first { $0[0] == name })
        try #require(line.count == heads.count + 2)
        let id = name.prefix { $0 != "/" }
        let endpoint = try #require(routes.first { $0.id == id })
        let words = line.dropFirst(2)
        // The owner, or a user who is allowed if the owner is not.
        let passing = zip(Who.allCases, words).filter { $1 == "ok" }.map { $0.0 }
        let matrix = try MatrixRow(
            endpoint, success: Int(line[1]) ?? 0,
            strongest: passing.contains(.owner) ? Who.owner : passing.last ?? .owner,
            words: words.joined(separator: " "), legend)
        return Row(name: name, endpoint: endpoint, matrix: matrix)
    }
}
