import Contract
import Kernel

/// SCIM 2.0 (RFC 7643, RFC 7644), for identity providers.
public enum SCIMRoutes {
    public static let group = EndpointGroup(
        "SCIM",
        "SCIM 2.0 (RFC 7643, RFC 7644): an identity provider creates, changes, suspends and "
            + "deletes users, and groups, which are teams. What it has created or changed it "
            + "manages: people can't change the same by hand (`managed_by_scim`). Errors have "
            + "SCIM's form, and unknown members are ignored, as the standard says.",
        path: [
            Member("id", "The resource's id.", example: "usr_01M7YT9ZHG03RWMAMRKZ5XW0YM")
        ],
        [
            configuration, listResourceTypes, resourceType, listSchemas, schema, search, bulk,
            listUsers,
            createUser, searchUsers, getUser, replaceUser, updateUser, deleteUser,
        ])

    /// Where the service that has teams is configured.
    public static let groups = EndpointGroup(
        "SCIM groups",
        "Groups are teams: what is shared with a team, or owned by it, its members have access to.",
        path: [Member("id", "The group's id, which is the team's.", example: "analytics-team")],
        [
            listGroups, createGroup, searchGroups, getGroup, replaceGroup, updateGroup, deleteGroup,
        ])

    public static let all = group.endpoints + groups.endpoints

    fileprivate static let scope = ["scim"]
    fileprivate static let adminRequired = [GatewayProblems.adminRequired]
    private static let changing =
        adminRequired + [
            GatewayProblems.adminProtected, GatewayProblems.lastAdmin,
            GatewayProblems.cannotSuspendSelf,
        ]

    // MARK: The server

    public static let configuration = Endpoint(
        "getSCIMConfiguration", .get, "/scim/v2/ServiceProviderConfig", scopes: scope,
        errors: .scim, summary: "Get what this server can do",
        answers: .other(SCIMMedia.type, "The configuration (RFC 7643 §5)."))
    public static let listResourceTypes = Endpoint(
        "listSCIMResourceTypes", .get, "/scim/v2/ResourceTypes", scopes: scope, errors: .scim,
        summary: "List the kinds of resources",
        answers: .other(SCIMMedia.type, "The kinds (RFC 7643 §6)."))
    public static let resourceType = Endpoint(
        "getSCIMResourceType", .get, "/scim/v2/ResourceTypes/{id}", scopes: scope, errors: .scim,
        summary: "Get a kind of resource", answers: .other(SCIMMedia.type, "The kind."))
    public static let listSchemas = Endpoint(
        "listSCIMSchemas", .get, "/scim/v2/Schemas", scopes: scope, errors: .scim,
        summary: "List the schemas", answers: .other(SCIMMedia.type, "The schemas (RFC 7643 §7)."))
    public static let schema = Endpoint(
        "getSCIMSchema", .get, "/scim/v2/Schemas/{id}", scopes: scope, errors: .scim,
        summary: "Get a schema", answers: .other(SCIMMedia.type, "The schema."))

    public static let search = Endpoint(
        "searchSCIMResources", .post, "/scim/v2/.search", scopes: scope, readsOnly: true,
        errors: .scim, summary: "List and filter users and groups",
        details: "Users come first, unless `sortBy` is given.",
        takes: .json(SCIMSearchBody.self).scim,
        answers: .other(SCIMMedia.type, "A part of the list."), problems: adminRequired)
    public static let bulk = Endpoint(
        "updateSCIMResources", .post, "/scim/v2/Bulk", scopes: scope, errors: .scim,
        storesResponse: false, summary: "Create, change and delete several users and groups",
        details: "At most 100 operations, each by itself, in their order, but after those that "
            + "they refer to by `bulkId:`. After `failOnErrors` errors the rest is left undone. "
            + "Sent again, what was created is 409 `uniqueness`: a user always, a group if it has "
            + "an `externalId`.",
        takes: .json(SCIMBulkBody.self).scim,
        answers: .ok(SCIMBulkResponseBody.self, "What became of each.").scim,
        problems: adminRequired)

    // MARK: Users

    public static let listUsers = Endpoint(
        "listSCIMUsers", .get, "/scim/v2/Users", scopes: scope, errors: .scim,
        summary: "List and filter users",
        details: "All users, the oldest first, suspended ones as well; those that no provider "
            + "manages have their address as `userName`, so that a provider finds them by it.",
        query: SCIMParameters.ofLists,
        answers: .ok(SCIMUserListBody.self, "A part of the list.").scim, problems: adminRequired)
    public static let searchUsers = Endpoint(
        "searchSCIMUsers", .post, "/scim/v2/Users/.search", scopes: scope, readsOnly: true,
        errors: .scim, summary: "List and filter users, by a body",
        takes: .json(SCIMSearchBody.self).scim,
        answers: .ok(SCIMUserListBody.self, "A part of the list.").scim, problems: adminRequired)
    public static let createUser = Endpoint(
        "createSCIMUser", .post, "/scim/v2/Users", scopes: scope, errors: .scim,
        summary: "Create a user by SCIM",
        details: "The address of the account is the primary one of `emails`, else the first for "
            + "work, else the first, else the `userName`. A `userName`, address or `externalId` "
            + "that another user has is 409 `uniqueness`.",
        query: SCIMParameters.ofResources, takes: .json(NewSCIMUserBody.self).scim,
        answers: .created(SCIMUserBody.self, tagged: true).scim, problems: adminRequired)
    public static let getUser = Endpoint(
        "getSCIMUser", .get, "/scim/v2/Users/{id}", scopes: scope, errors: .scim,
        summary: "Get a user by SCIM", query: SCIMParameters.ofResources,
        answers: .ok(SCIMUserBody.self, "The user.").scim, problems: adminRequired)
    public static let replaceUser = Endpoint(
        "setSCIMUser", .put, "/scim/v2/Users/{id}", scopes: scope, errors: .scim,
        summary: "Replace a user's attributes",
        details: "`active: false` suspends the user in all services within a second.",
        query: SCIMParameters.ofResources, takes: .json(NewSCIMUserBody.self).scim,
        answers: .ok(SCIMUserBody.self, "The changed user.", tagged: true).scim,
        problems: changing)
    public static let updateUser = Endpoint(
        "updateSCIMUser", .patch, "/scim/v2/Users/{id}", scopes: scope, errors: .scim,
        summary: "Change some of a user's attributes",
        details: "Operations have effect together or not at all.",
        query: SCIMParameters.ofResources, takes: .json(SCIMPatchBody.self).scim,
        answers: .ok(SCIMUserBody.self, "The changed user.", tagged: true).scim,
        problems: changing)
    public static let deleteUser = Endpoint(
        "deleteSCIMUser", .delete, "/scim/v2/Users/{id}", scopes: scope, errors: .scim,
        summary: "Delete a user by SCIM",
        details: "As `DELETE /api/users/{id}`: what the user owns passes to others, in the end to "
            + "the admin whose token it is.",
        answers: .noContent,
        problems: adminRequired + [
            GatewayProblems.adminProtected, GatewayProblems.lastAdmin,
            GatewayProblems.cannotDeleteSelf,
        ])
}

extension SCIMRoutes {
    private static let upstream = adminRequired + ProblemType.ofUpstreams

    public static let listGroups = Endpoint(
        "listSCIMGroups", .get, "/scim/v2/Groups", scopes: scope, errors: .scim,
        summary: "List and filter groups",
        details: "All teams, the oldest first. `excludedAttributes=members` saves looking up their "
            + "members.",
        query: SCIMParameters.ofLists,
        answers: .ok(SCIMGroupListBody.self, "A part of the list.").scim, problems: upstream)
    public static let searchGroups = Endpoint(
        "searchSCIMGroups", .post, "/scim/v2/Groups/.search", scopes: scope, readsOnly: true,
        errors: .scim, summary: "List and filter groups, by a body",
        takes: .json(SCIMSearchBody.self).scim,
        answers: .ok(SCIMGroupListBody.self, "A part of the list.").scim, problems: upstream)
    public static let createGroup = Endpoint(
        "createSCIMGroup", .post, "/scim/v2/Groups", scopes: scope, errors: .scim,
        storesResponse: false, summary: "Create a group",
        details: "A team without an admin, which counts toward no quota of teams. Its id is made "
            + "from the name. Members are users, as `member`; a user who doesn't exist is 400. "
            + "Sent again, it is 409 `uniqueness` if it has an `externalId`.",
        query: SCIMParameters.ofResources, takes: .json(NewSCIMGroupBody.self).scim,
        answers: .created(SCIMGroupBody.self, tagged: true).scim, problems: upstream)
    public static let getGroup = Endpoint(
        "getSCIMGroup", .get, "/scim/v2/Groups/{id}", scopes: scope, errors: .scim,
        summary: "Get a group", query: SCIMParameters.ofResources,
        answers: .ok(SCIMGroupBody.self, "The group.").scim, problems: upstream)
    public static let replaceGroup = Endpoint(
        "setSCIMGroup", .put, "/scim/v2/Groups/{id}", scopes: scope, errors: .scim,
        storesResponse: false, summary: "Replace a group's name and members",
        details: "Members who stay keep their role.",
        query: SCIMParameters.ofResources, takes: .json(NewSCIMGroupBody.self).scim,
        answers: .ok(SCIMGroupBody.self, "The changed group.", tagged: true).scim,
        problems: upstream)
    public static let updateGroup = Endpoint(
        "updateSCIMGroup", .patch, "/scim/v2/Groups/{id}", scopes: scope, errors: .scim,
        storesResponse: false, summary: "Change a group's name or some of its members",
        details: "Operations have effect together or not at all. The response has a body only if "
            + "`attributes` or `excludedAttributes` are given.",
        query: SCIMParameters.ofResources, takes: .json(SCIMPatchBody.self).scim,
        answers: .noContent,
        .ok(SCIMGroupBody.self, "The changed group.", tagged: true).scim, problems: upstream)
    public static let deleteGroup = Endpoint(
        "deleteSCIMGroup", .delete, "/scim/v2/Groups/{id}", scopes: scope, errors: .scim,
        storesResponse: false, summary: "Delete a group",
        details: "A team that owns integrations is 409.",
        answers: .noContent, problems: upstream)
}

/// Parameters of the query (RFC 7644 §3.4.2, §3.9).
enum SCIMParameters {
    static let ofResources = [
        Member(
            "attributes", "The attributes that the response has, separated by commas.",
            example: "userName,emails"),
        Member(
            "excludedAttributes", "Attributes that the response doesn't have.", example: "name"),
    ]

    static let ofLists =
        [
            Member(
                "filter", "Which resources (RFC 7644 §3.4.2.2).",
                example: "userName eq \"ada@example.com\""),
            Member("sortBy", "The attribute that orders the list.", example: "userName"),
            Member("sortOrder", "`ascending` or `descending`.", example: "ascending"),
            Member("startIndex", "The first resource, from 1.", example: 1),
            Member("count", "How many resources, at most 200; 100 by default.", example: 50),
        ] + ofResources
}
