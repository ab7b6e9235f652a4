import Contract
import GatewayContract
import HTTPCore
import IntegrationsContract
import Kernel
import SCIM
import ServiceKit

/// Groups: the changes are commands to the context that has teams.
extension SCIMHandlers {
    func routes(of groups: ProvisionGroups) -> [Route] {
        [
            .later(SCIMRoutes.listGroups) { request in
                try await list(try request.scimQuery, groups, request)
            },
            .later(SCIMRoutes.searchGroups) { request in
                let query = try SCIMQuery(search: try request.decode(SCIMValue.self))
                return try await list(query, groups, request)
            },
            .later(SCIMRoutes.getGroup) { request in
                let projection = try request.scimProjection
                let group = try await groups.get(
                    try request.path("id"), withMembers: projection.includes("members"),
                    by: request.caller)
                return .scim(200, shown(group, projection))
            },
            .command(SCIMRoutes.createGroup) { request in
                let body = try request.decode(SCIMValue.self)
                try request.checkConditions(on: nil)
                let group = try await groups.create(body, by: request.caller)
                return try await answer(201, group, groups, request)
            },
            .command(SCIMRoutes.replaceGroup) { request in
                let group = try await groups.replace(
                    try request.path("id"), by: try request.decode(SCIMValue.self),
                    request.caller, request.groupConditions)
                return try await answer(200, group, groups, request)
            },
            .command(SCIMRoutes.updateGroup) { request in
                let group = try await groups.patch(
                    try request.path("id"), try request.decode(SCIMValue.self),
                    by: request.caller, request.groupConditions)
                // RFC 7644 §3.5.2: a group can be large, and most providers look at the status.
                guard
                    try request.query("attributes") != nil
                        || request.query("excludedAttributes") != nil
                else {
                    var response = Response.noContent
                    response.add("ETag", group.version)
                    return response
                }
                return try await answer(200, group, groups, request)
            },
            .command(SCIMRoutes.deleteGroup) { request in
                try await groups.delete(
                    try request.path("id"), by: request.caller, request.groupConditions)
                return .noContent
            },
        ]
    }

    private func list(
        _ query: SCIMQuery, _ groups: ProvisionGroups, _ request: RequestContext
    ) async throws -> Response {
        let page = try await groups.list(query, by: request.caller)
        let shown = page.resources.map { query.projection.applied(to: $0, .group) }
        return .scim(SCIMPage(shown, total: page.total).message(from: query.startIndex))
    }

    /// With the members, if the response has them.
    private func answer(
        _ status: Int, _ changed: SCIMGroup, _ groups: ProvisionGroups, _ request: RequestContext
    ) async throws -> Response {
        let projection = try request.scimProjection
        guard projection.includes("members") else {
            return .scim(status, shown(changed, projection))
        }
        let group = try await groups.get(
            changed.team.id, withMembers: true, by: request.caller)
        return .scim(status, shown(group, projection))
    }

    private func shown(_ group: SCIMGroup, _ projection: Projection) -> ShownResource {
        ShownResource(group.resource(below: users.root), projection, .group)
    }
}

extension RequestContext {
    /// `If-Match` and `If-None-Match`, held against the tag of a group.
    fileprivate var groupConditions: ProvisionGroups.Conditions {
        get throws(Fault) {
            let isSet = try hasConditions
            return ProvisionGroups.Conditions(isSet: isSet) { tag in
                try checkConditions(on: tag)
            }
        }
    }
}
