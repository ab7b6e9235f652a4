import Contract
import EntitiesContract
import Foundation
import GatewayContract
import IntegrationsContract
import InvitationsContract
import Kernel
import OrganizationsContract
import Testing

@testable import Collaboration
@testable import Entities
@testable import Integrations
@testable import OpenAPI
@testable import Organizations
@testable import PublicEvents
@testable import Workspaces

/// What the Contracts declare, by itself and compared with what the domains decide.
@Suite struct DeclarationTests {
    @Test func `every endpoint has a group, a summary and responses`() {
        #expect(
            Set(World.endpoints.map(\.id))
                == Set(
                    (GatewayRoutes.all + World.audit.endpoints + AuthZENRoutes.group.endpoints
                        + SCIMRoutes.all
                        + OAuthRoutes.group.endpoints
                        + EntityRoutes.all
                        + OrganizationRoutes.all
                        + IntegrationRoutes.all + InvitationRoutes.all
                        + LinkRoutes.claims.endpoints).map(\.id)))
        for endpoint in World.endpoints {
            #expect(!endpoint.summary.isEmpty && !endpoint.summary.hasSuffix("."), "\(endpoint.id)")
            #expect(!endpoint.documentation.answers.isEmpty, "\(endpoint.id)")
        }
    }

    /// One verb for one thing, so that who knows one operation's name can guess another's.
    @Test(arguments: [
        (Endpoint.Method.get, ["list", "get", "check"]), (.patch, ["update"]),
        (.put, ["set", "share", "transfer", "install"]),
        (.delete, ["delete", "remove", "revoke", "uninstall", "unpublish", "offboard"]),
        (
            .post,
            [
                "create", "add", "share", "publish", "set", "update", "list", "remove", "check",
                "evaluate", "search", "accept", "decline", "claim", "answer", "resend", "rotate",
                "test",
                "redeliver", "revoke", "exchange",
            ]
        ),
    ])
    func `an operation's name begins with a verb that its method does`(
        method: Endpoint.Method, verbs: [String]
    ) {
        let ids = World.endpoints.filter { $0.method == method }.map(\.id)
        #expect(ids.filter { id in !verbs.contains { id.hasPrefix($0) } }.isEmpty)
        #expect(verbs.filter { verb in !ids.contains { $0.hasPrefix(verb) } }.isEmpty)
    }

    @Test func `POST, PUT and PATCH take a body, GET and DELETE don't`() {
        for endpoint in World.endpoints {
            let takesBody = [.post, .put, .patch].contains(endpoint.method)
            // Exceptions: a store's DELETE, rotating and resending, and POSTs of the workspace API
            // that read or remove.
            let isOdd = [
                "unpublishEntity", "rotateNpmRegistryKey", "resendInvitation",
                "rotateWebhookSecret", "redeliverEvent",
                "listWorkspaceInvitations", "removeSharedUser",
                "resendWorkspaceInvitation",
            ].contains(endpoint.id)
            #expect(
                (endpoint.documentation.body != nil) == (takesBody != isOdd), "\(endpoint.id)")
        }
    }

    @Test func `every parameter of a path is described, and nothing else`() {
        for group in World.groups {
            let used = Set(group.endpoints.flatMap(\.parameterNames))
            #expect(used == Set(group.path.map(\.name)), "\(group.name)")
        }
    }

    @Test func `problem codes are snake_case, each with one status and a sentence`() throws {
        let pattern = try Regex("^[a-z]+(_[a-z]+)*$")
        var statuses: [String: Int] = [:]
        let causes = World.endpoints.flatMap(\.documentation.problems) + Causes.listedOnce
        for cause in causes {
            #expect(try pattern.wholeMatch(in: cause.code) != nil, "\(cause.code)")
            #expect(cause.detail.hasSuffix("."), "\(cause.code)")
            #expect(statuses[cause.code] ?? cause.status == cause.status, "\(cause.code)")
            statuses[cause.code] = cause.status
        }
    }

    @Test func `exactly the members of a wire type are described`() throws {
        for (type, _) in types {
            let members = type.members.map(\.name)
            #expect(try Recorder.properties(of: type).map(\.name) == members, "\(type)")
            #expect(type.members.allSatisfy { $0.meaning.hasSuffix(".") }, "\(type)")
            #expect(type.meaning.hasSuffix(".") || type.meaning.hasSuffix("?"), "\(type)")
        }
    }

    @Test func `every required member has an example, and no type is for both directions`() throws {
        for (type, direction) in types {
            for field in try Field.all(of: type, direction) where field.isRequired {
                let example = try Example.object(type, direction)[field.name]
                #expect(example != nil, "\(type).\(field.name)")
                #expect(example != .null || field.takesNull, "\(type).\(field.name)")
            }
        }
        let both = types.filter { type in
            types.contains { $0.0 == type.0 && $0.1 != type.1 }
        }
        #expect(both.isEmpty)
    }

    @Test func `documented scopes are those of the domain`() {
        #expect(BuiltInRole.owner.scopes == ["*"])
        let custom = RoleScope.allCases.map(\.rawValue)
        #expect(custom.allSatisfy { Scopes.known.contains($0) } && custom == custom.sorted())
    }

    @Test func `an invitation's default duration is allowed`() {
        #expect(InvitationLimits.days.contains(InvitationLimits.defaultDays))
    }

    @Test func `every query within the limits is one that the other service accepts`() {
        #expect(EntityLimits.checks <= StoreAccessQuery.maximum)
        #expect(EntityLimits.checks <= CollaborationsQuery.maximum)
        #expect(EntityLimits.addressees <= ColleaguesQuery.maximum)
        #expect(InvitationLimits.bulk <= DirectoryQuery.maximum)
        // Explaining access covers the caller and the user they name.
        #expect(PageRequest.maximumSize <= StoreAccessQuery.maximum)
        #expect(PageRequest.maximumSize <= CollaborationsQuery.maximum)
        #expect(OrganizationLimits.membersShown <= DirectoryQuery.maximum)
        #expect(PageRequest.maximumSize <= DirectoryQuery.maximum)
    }

    @Test func `every problem code in the sources has a page`() throws {
        let known = Set(try World.describe().problems.pages.keys).union([
            // Of pages, which are for people.
            "malformed_form", "foreign_form",
            // Between services.
            "not_the_senders_fact",
            // In SCIM's form, which has no code: clients never see one.
            "scim_error",
        ]).union(
            World.endpoints.filter { $0.errors != .problems }.flatMap(\.documentation.problems)
                .map(\.code))
        for (file, text) in try sources() {
            let codes =
                text.matches(of: /code: "([a-z_]+)"/).map { String($0.output.1) }
                + text.matches(of: /\.(?:forbidden|conflict|unavailable)\(\s*"([a-z_]+)"/)
                .map { String($0.output.1) }
                + text.matches(of: /ProblemType\(\s*\.\w+,\s*"([a-z_]+)"/)
                .map { String($0.output.1) }
            #expect(codes.filter { !known.contains($0) }.isEmpty, "\(file)")
        }
    }

    @Test func `every problem that an operation documents is thrown somewhere`() throws {
        let sources = try sources()
        let texts = sources.filter {
            !$0.file.contains("Contract/") && !$0.file.hasSuffix("Problems.swift")
        }.map(\.text)
        // `EntityProblems.notOwner`: what throws it has its name in place of its code.
        var names: [String: [String]] = [:]
        for (file, text) in sources where text.contains("ProblemType") {
            let name = file.split(separator: "/").last.map { String($0.dropLast(6)) } ?? ""
            let container = text.contains("extension ProblemType") ? "ProblemType" : name
            let declaration =
                #/
                static\ (?:let|func)\ (\w+)(?:\ =|\([^)]*\)\ ->\ ProblemType\ \{)\s*
                (?:ProblemType)?\.?\w*\(\s*(?:\.\w+,\ )?"([a-z_]+)"
                /#
            for match in text.matches(of: declaration) {
                names[String(match.2), default: []] += [
                    "\(container).\(match.1)", "Fault(.\(match.1)",
                ]
            }
        }
        let own = World.endpoints.flatMap(\.documentation.problems).map(\.code)
        let unused = Set(own).filter { code in
            let signs = names[code, default: []] + ["\"\(code)\""]
            return !texts.contains { text in signs.contains { text.contains($0) } }
        }
        #expect(unused.isEmpty)
    }

    private func sources() throws -> [(file: String, text: String)] {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try ["Services", "Shared"].flatMap { folder in
            let base = root.appendingPathComponent(folder)
            let files = FileManager.default.enumerator(atPath: base.path)?.compactMap {
                $0 as? String
            }
            return try (files ?? []).filter { $0.hasSuffix(".swift") }.map { file in
                (
                    "\(folder)/\(file)",
                    try String(contentsOf: base.appendingPathComponent(file), encoding: .utf8)
                )
            }
        }
    }

    private var types: [(any Documented.Type, Schemas.Direction)] {
        World.endpoints.flatMap { endpoint -> [(any Documented.Type, Schemas.Direction)] in
            let body = endpoint.documentation.body.map { [($0.type, Schemas.Direction.request)] }
            let answers = endpoint.documentation.answers.compactMap { answer in
                switch answer.content {
                case .one(let type), .list(let type, _): (type, Schemas.Direction.answer)
                case .nothing, .other: nil
                }
            }
            return (body ?? []) + answers
        }
    }
}
