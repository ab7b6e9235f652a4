import EntitiesContract
import Kernel
import TestSupport
import Testing

@testable import Entities

@Suite struct EntityPolicyTests {
    enum Outcome {
        case allowed
        case hidden
        case notAPublisher
        case notTheOwner

        var code: String? {
            switch self {
            case .allowed: nil
            case .hidden: "not_found"
            case .notAPublisher: "not_a_publisher"
            case .notTheOwner: "not_the_owner"
            }
        }
    }

    static let nobody = Standing(isOwner: false, step: nil)
    static let publisher = Standing(isOwner: false, step: .publisher)
    static let owner = Standing(isOwner: true, step: .publisher)
    /// Every relation that gives access without publishing.
    static let guests = AccessStep.allCases.dropFirst().map { Standing(isOwner: false, step: $0) }

    /// The result of each action for a guest, a publisher and the owner.
    static let matrix: [(EntityAction, Outcome, Outcome, Outcome)] = [
        (.see, .allowed, .allowed, .allowed),
        (.share, .allowed, .allowed, .allowed),
        (.invite, .notTheOwner, .notTheOwner, .allowed),
        (.install, .allowed, .allowed, .allowed),
        (.update, .notAPublisher, .allowed, .allowed),
        (.pushVersion, .notAPublisher, .allowed, .allowed),
        (.managePublishers, .notAPublisher, .allowed, .allowed),
        (.seeOthersAccess, .notAPublisher, .allowed, .allowed),
        (.revokeAccess, .notAPublisher, .allowed, .allowed),
        (.seeAudit, .notAPublisher, .allowed, .allowed),
        (.delete, .notTheOwner, .notTheOwner, .allowed),
        (.transferOwnership, .notTheOwner, .notTheOwner, .allowed),
    ]

    @Test(arguments: matrix)
    func `each action requires access, publishing or ownership`(
        action: EntityAction, guest: Outcome, publisher: Outcome, owner: Outcome
    ) {
        #expect(outcome(action, Self.nobody) == Outcome.hidden.code)
        for standing in Self.guests { #expect(outcome(action, standing) == guest.code) }
        #expect(outcome(action, Self.publisher) == publisher.code)
        #expect(outcome(action, Self.owner) == owner.code)
    }

    @Test func `the matrix names every action`() {
        #expect(Self.matrix.map(\.0) == EntityAction.allCases)
    }

    @Test func `only publishers can share while resharing is off`() {
        for standing in Self.guests {
            #expect(fault { try EntityPolicy.authorize(.share, standing, .anyone) } == nil)
            let refused = fault { try EntityPolicy.authorize(.share, standing, .publishers) }
            #expect(refused?.code == "resharing_off")
            #expect(fault { try EntityPolicy.authorize(.see, standing, .publishers) } == nil)
        }
        for standing in [Self.publisher, Self.owner] {
            #expect(fault { try EntityPolicy.authorize(.share, standing, .publishers) } == nil)
        }
        let hidden = fault { try EntityPolicy.authorize(.share, Self.nobody, .publishers) }
        #expect(hidden == Fault.notFound)
    }

    @Test func `a hidden entity is reported as not found`() {
        let hidden = fault { try EntityPolicy.authorize(.see, Self.nobody) }
        #expect(hidden == Fault.notFound)
    }

    private func outcome(_ action: EntityAction, _ standing: Standing) -> String? {
        fault { try EntityPolicy.authorize(action, standing) }?.code
    }

    @Test(arguments: [
        (["access:check"], true), (["*"], true), (["entities:share", "users:admin"], false),
        ([], false),
    ])
    func `only a platform admin with the scope can ask about everybody`(
        scopes: [String], isAllowed: Bool
    ) {
        let admin = Caller(userId: "usr_ada", isAdmin: true, scopes: scopes)
        #expect(EntityPolicy.checksEverybody(admin) == isAllowed)
        #expect(!EntityPolicy.checksEverybody(Caller(userId: "usr_ada", scopes: scopes)))
    }

    @Test(
        arguments: [
            (["access:revoke"], true, true), (["*"], true, true), (["*"], false, false),
            (["entities:write"], true, false), (["entities:write"], false, false),
            (["access:revoke"], false, nil), (["access:check"], true, nil), ([], false, nil),
        ] as [([String], Bool, Bool?)])
    func `revoking access needs one of two scopes`(
        scopes: [String], isAdmin: Bool, isEverywhere: Bool?
    ) {
        let caller = Caller(userId: "usr_ada", isAdmin: isAdmin, scopes: scopes)
        var everywhere: Bool?
        let fault = fault { everywhere = try EntityPolicy.revokesEverywhere(caller) }
        #expect(everywhere == isEverywhere)
        #expect(fault?.code == (isEverywhere == nil ? "insufficient_scope" : nil))
    }

    // MARK: Shares

    static let share = Share(
        id: "shr_1", entityId: "ent_1", userId: "usr_got", createdBy: "usr_gave",
        createdAt: Timestamp(milliseconds: 0))

    @Test(arguments: [
        ("usr_gave", false, nil),
        ("usr_gave", true, nil),
        ("usr_got", false, "not_the_creator"),
        ("usr_publisher", true, "not_the_creator"),
        ("usr_other", false, "not_found"),
    ])
    func `only the creator can revoke a share`(userId: String, isPublisher: Bool, code: String?) {
        let fault = fault {
            try EntityPolicy.authorizeRemoval(
                of: Self.share, by: userId, isPublisher: isPublisher)
        }
        #expect(fault?.code == code)
    }

    @Test(arguments: [
        (["entities:share"], false, nil),
        (["entities:share"], true, "external_share_not_allowed"),
        (["entities:share", "entities:share_external"], true, nil),
        (["*"], true, nil),
    ])
    func `sharing with a stranger requires a scope`(
        scopes: [String], isStranger: Bool, code: String?
    ) {
        for isAdmin in [false, true] {
            let caller = Caller(userId: "usr_ada", isAdmin: isAdmin, scopes: scopes)
            let fault = fault {
                try EntityPolicy.authorizeShare(withStranger: isStranger, caller)
            }
            #expect(fault?.code == code)
        }
    }
}
