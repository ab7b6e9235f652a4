import Contract
import Kernel

/// A valid wish for a new entity.
struct EntityDraft: Sendable, Equatable {
    let name: String
    let type: EntityType
    /// nil: made from the name.
    let slug: String?
    let description: String?
    let organizationId: String?

    init(
        name: String, type: String, slug: String? = nil, description: String? = nil,
        organizationId: String? = nil
    ) throws(Fault) {
        var validation = Validation()
        let validName = validation.check(try Text.name(name, pointer: "/name"))
        let validType = validation.check(try EntityType(type, pointer: "/type"))
        let validSlug = validation.check(try Slug.check(slug)) ?? nil
        let validDescription =
            validation.check(try Text.optionalText(description, pointer: "/description")) ?? nil
        guard let validName, let validType, validation.fields.isEmpty else {
            throw .invalid(validation.fields)
        }
        self.name = validName
        self.type = validType
        self.slug = validSlug
        self.description = validDescription
        self.organizationId = organizationId
    }
}

/// A valid change of an entity. What is nil stays.
struct EntityUpdate: Sendable, Equatable {
    let name: String?
    let slug: String?
    /// `.some(nil)` clears it.
    let description: String??

    init(
        name: Patch<String> = .unchanged, slug: Patch<String> = .unchanged,
        description: Patch<String> = .unchanged
    ) throws(Fault) {
        var validation = Validation()
        self.name = validation.check(try name.name("/name")) ?? nil
        self.slug = validation.check(try Slug.check(try slug.required("/slug"))) ?? nil
        self.description = validation.check(try description.optionalText("/description")) ?? nil
        try validation.finish()
    }

    /// `entity` as it will be; its `updatedAt` moves only if something is different.
    func applied(to entity: Entity, at now: Timestamp) -> Entity {
        var changed = entity
        if let name { changed.name = name }
        if let slug { changed.slug = slug }
        if let description { changed.description = description }
        if changed != entity { changed.touch(now) }
        return changed
    }
}
