import Kernel

/// The changes that a context records in its audit: an enum, so that none can be recorded that is
/// not declared. The raw values are the actions of the entries; their first word is the kind of the
/// subject. The audit, events and their documentation are made from it.
public protocol AuditedChange: RawRepresentable<String>, CaseIterable, Sendable {
    /// What the audit and events say of it.
    var declaration: ChangeDeclaration { get }
}

extension AuditedChange {
    /// The kind of thing that changes.
    public var subjectType: String { String(rawValue.prefix { $0 != "." }) }

    /// All of them, in the order of their declaration.
    public static var catalog: [CatalogedChange] { allCases.map { CatalogedChange($0) } }
}

/// What the audit and events say of a change.
public struct ChangeDeclaration: Sendable {
    /// The event of a change.
    enum Event: Sendable {
        /// One of its own; nil: of the same name as the audit's action.
        case own(type: String?)
        /// The event of another change in the same transaction says it as well.
        case saidBy(type: String)
    }

    /// When it happens, in one sentence.
    public let meaning: String
    /// The kind of thing that the subject belongs to; nil: the subject stands alone.
    public let parent: String?
    /// `data` of the event.
    public let data: any Documented.Type
    /// What snapshots show; nil where `data` has another form than theirs.
    public let states: States?
    let event: Event

    /// What the snapshots of an entry show.
    public struct States: Sendable {
        let before: any AuditedState.Type
        let after: any AuditedState.Type

        /// Whether these are snapshots as declared; a missing one always is.
        public func describe(_ before: AuditSnapshot?, _ after: AuditSnapshot?) -> Bool {
            before.map { self.before.describes($0) } != false
                && after.map { self.after.describes($0) } != false
        }
    }

    /// A change whose event has the snapshots as its data.
    /// - Parameter type: of the event, if it isn't called as the audit's action is.
    public static func change<State: AuditedState>(
        _ meaning: String, of parent: String? = nil, shows state: State.Type, as type: String? = nil
    ) -> ChangeDeclaration {
        change(meaning, of: parent, from: state, to: state, as: type)
    }

    /// The same with different snapshots before and after.
    public static func change<Before: AuditedState, After: AuditedState>(
        _ meaning: String, of parent: String? = nil, from before: Before.Type, to after: After.Type,
        as type: String? = nil
    ) -> ChangeDeclaration {
        ChangeDeclaration(
            meaning: meaning, parent: parent, data: ChangeData<Before, After>.self,
            states: States(before: before, after: after), event: .own(type: type))
    }

    /// A change whose event has data of its own form.
    public static func change(
        _ meaning: String, of parent: String? = nil, data: any Documented.Type,
        as type: String? = nil
    ) -> ChangeDeclaration {
        ChangeDeclaration(
            meaning: meaning, parent: parent, data: data, states: nil, event: .own(type: type))
    }

    /// A change without an event of its own: one change is one event.
    /// - Parameter type: of the event that says it.
    public static func said(
        by type: String, of parent: String, data: any Documented.Type
    ) -> ChangeDeclaration {
        ChangeDeclaration(
            meaning: "", parent: parent, data: data, states: nil, event: .saidBy(type: type))
    }
}

/// A change with everything that is declared of it.
public struct CatalogedChange: Sendable {
    /// Of the audit's entries.
    public let action: String
    /// Of the event.
    public let type: String
    /// Whether that event is this change's own.
    public let hasOwnEvent: Bool
    /// The kind of thing that changes.
    public let subject: String
    /// What the audit and events say of it.
    public let declaration: ChangeDeclaration

    package init(_ change: some AuditedChange) {
        action = change.rawValue
        subject = change.subjectType
        declaration = change.declaration
        switch declaration.event {
        case .own(let type): (self.type, hasOwnEvent) = (type ?? change.rawValue, true)
        case .saidBy(let type): (self.type, hasOwnEvent) = (type, false)
        }
    }
}
