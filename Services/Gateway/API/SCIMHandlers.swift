import Contract
import GatewayContract
import HTTPCore
import Kernel
import SCIM
import ServiceKit
import WriteKit

/// The routes of SCIM 2.0.
struct SCIMHandlers: Sendable {
    let users: ProvisionUsers
    /// nil: the service that has teams is not configured.
    let groups: ProvisionGroups?
    let bulk: BulkMetrics

    private var description: SCIMDescription {
        let types: [SCIMResourceType] = groups == nil ? [.user] : [.user, .group]
        return SCIMDescription(root: users.root, types: types)
    }

    var routes: [Route] { discovery + ofUsers + (groups.map(routes) ?? []) }

    private var discovery: [Route] {
        [
            .now(SCIMRoutes.configuration) { _ in .scim(description.configuration) },
            .now(SCIMRoutes.listResourceTypes) { _ in .scim(all: description.resourceTypes) },
            .now(SCIMRoutes.resourceType) { request in
                try .scim(description.resourceTypes, named: try request.path("id"))
            },
            .now(SCIMRoutes.listSchemas) { _ in .scim(all: description.schemas) },
            .now(SCIMRoutes.schema) { request in
                try .scim(description.schemas, named: try request.path("id"))
            },
        ]
    }

    private var ofUsers: [Route] {
        [
            .later(SCIMRoutes.search) { request in
                let query = try SCIMQuery(search: try request.decode(SCIMValue.self))
                let page = try await SearchEverything(users: users, groups: groups).list(
                    query, by: request.caller)
                return .scim(page.message(from: query.startIndex))
            },
            .command(SCIMRoutes.bulk) { request in
                let body = try SCIMBulk(try request.decode(SCIMValue.self))
                try request.checkConditions(on: nil)
                let operations = BulkOperations(users: users, groups: groups, metrics: bulk)
                return .scim(try await operations.perform(body, by: request.caller))
            },
            .later(SCIMRoutes.listUsers) { try await listUsers($0, try $0.scimQuery) },
            .later(SCIMRoutes.searchUsers) { request in
                try await listUsers(
                    request, try SCIMQuery(search: try request.decode(SCIMValue.self)))
            },
            .now(SCIMRoutes.getUser) { request in
                let user = try users.get(try request.path("id"), by: request.caller)
                return .scim(200, shown(user, try request.scimProjection))
            },
            .change(SCIMRoutes.createUser) { try await createUser($0) },
            .change(SCIMRoutes.replaceUser) { request in
                let write = try users.replace(
                    try request.path("id"), by: try request.decode(SCIMValue.self),
                    request.caller)
                return try await commit(write, request)
            },
            .change(SCIMRoutes.updateUser) { request in
                let write = try users.patch(
                    try request.path("id"), try request.decode(SCIMValue.self),
                    by: request.caller)
                return try await commit(write, request)
            },
            .change(SCIMRoutes.deleteUser) { request in
                try await request.commit(
                    users.delete(try request.path("id"), by: request.caller), current: current
                ) { .noContent }
            },
        ]
    }

    private func listUsers(
        _ request: RequestContext, _ query: SCIMQuery
    ) async throws -> Response {
        let page = try await users.list(query, by: request.caller)
        let shown = page.resources.map { query.projection.applied(to: $0, .user) }
        return .scim(SCIMPage(shown, total: page.total).message(from: query.startIndex))
    }

    private func createUser(_ request: RequestContext) async throws -> Committed {
        let projection = try request.scimProjection
        let write = try users.create(try request.decode(SCIMValue.self), by: request.caller)
        return try await request.commit(write, current: .exists) { user in
            .scim(201, shown(user, projection))
        }
    }

    private func commit(
        _ write: PendingWrite<SCIMUser, SCIMUser>, _ request: RequestContext
    ) async throws -> Committed {
        let projection = try request.scimProjection
        return try await request.commit(write, current: current) { user in
            .scim(200, shown(user, projection))
        }
    }

    private var current: Current<SCIMUser> {
        let root = users.root
        return .tagged { $0.resource(below: root).version }
    }

    private func shown(_ user: SCIMUser, _ projection: Projection) -> ShownResource {
        ShownResource(user.resource(below: users.root), projection, .user)
    }
}

/// A resource as a response has it.
struct ShownResource: Sendable {
    let version: String
    let location: String
    let resource: SCIMObject

    init(_ resource: SCIMObject, _ projection: Projection, _ schema: SCIMSchema) {
        version = resource.version
        location = resource["meta"]?["location"]?.string ?? ""
        self.resource = projection.applied(to: resource, schema)
    }
}

extension SCIMObject {
    /// Its entity tag.
    var version: String { self["meta"]?["version"]?.string ?? "" }
}

extension RequestContext {
    var scimQuery: SCIMQuery {
        get throws(Fault) {
            try SCIMQuery(parameters: { name throws(Fault) in try query(name) })
        }
    }

    var scimProjection: Projection {
        get throws(Fault) { try scimQuery.projection }
    }
}

extension Response {
    /// 200 with a message of SCIM.
    static func scim(_ value: SCIMValue, status: Int = 200) -> Response {
        Response(
            status, fields: [Field("Content-Type", SCIMMedia.type)], body: JSON.encode(value))
    }

    /// A resource with its entity tag; 201 says where it is.
    static func scim(_ status: Int, _ shown: ShownResource) -> Response {
        var response = scim(.object(shown.resource), status: status)
        response.add("ETag", shown.version)
        if status == 201 { response.add("Location", shown.location) }
        return response
    }

    /// A list of what there is few of.
    fileprivate static func scim(all resources: [SCIMObject]) -> Response {
        scim(SCIMPage(resources, total: resources.count).message(from: 1))
    }

    /// - Throws: 404 if none of the resources has the id.
    fileprivate static func scim(
        _ resources: [SCIMObject], named id: String
    ) throws(Fault) -> Response {
        guard let found = resources.first(where: { $0["id"]?.string == id }) else {
            throw .notFound
        }
        return scim(.object(found))
    }
}
