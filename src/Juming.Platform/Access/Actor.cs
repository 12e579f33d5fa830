using System.Collections.Frozen;

namespace Juming.Platform.Access;

/// <summary>Who acts.</summary>
public enum ActorKind
{
    /// <summary>Not signed in.</summary>
    Nobody,

    /// <summary>A person with a session.</summary>
    Person,

    /// <summary>An API token.</summary>
    Token,

    /// <summary>A run of a playbook.</summary>
    PlaybookRun,

    /// <summary>Another tier.</summary>
    PeerTier,

    /// <summary>An operator's person through the link, on behalf of that person.</summary>
    RemoteOperator,

    /// <summary>The program itself: jobs, event handlers.</summary>
    System,

    /// <summary>The administrator at the machine's own command line.</summary>
    CommandLine,
}

/// <summary>Where a right holds: everything, a customer, a project or a site.</summary>
/// <param name="Kind">"all", "customer", "project", "site".</param>
/// <param name="Id">Identity of the customer, project or site; empty for all.</param>
public readonly record struct Scope(string Kind, string Id)
{
    /// <summary>Everything this tier holds.</summary>
    public static readonly Scope All = new("all", "");

    /// <inheritdoc/>
    public override string ToString() => Id.Length == 0 ? Kind : $"{Kind}:{Id}";
}

/// <summary>The scope that requests concern when they name none: the tier itself.</summary>
public sealed record HostScope(Scope Scope);

/// <summary>A kind of scope that a tier knows below its own: whoever holds one of it has something here.</summary>
public sealed record ScopeKind(string Kind);

/// <summary>Who acts, with which rights, where.</summary>
public sealed record Actor(ActorKind Kind, string Id, string Name, FrozenSet<string> Permissions, IReadOnlyList<Scope> Scopes)
{
    /// <summary>Not signed in.</summary>
    public static readonly Actor Nobody = new(ActorKind.Nobody, "", "", FrozenSet<string>.Empty, []);

    /// <summary>The program itself; holds every permission.</summary>
    public static readonly Actor System = new(ActorKind.System, "system", "system", FrozenSet<string>.Empty, [Scope.All]);

    /// <summary>The administrator at the command line of the machine; holds every permission.</summary>
    public static readonly Actor CommandLine = new(ActorKind.CommandLine, "command-line", "command-line", FrozenSet<string>.Empty, [Scope.All]);

    /// <summary>Address the caller came from, for audit.</summary>
    public string? Address { get; init; }

    /// <summary>Session of a person, or null.</summary>
    public string? SessionId { get; init; }

    /// <summary>Identity of the person's account; null for everybody else.</summary>
    public Guid? PersonId => Kind == ActorKind.Person && Guid.TryParse(Id, out var id) ? id : null;

    /// <summary>True when the right is held.</summary>
    public bool Holds(string permission) => Kind is ActorKind.System or ActorKind.CommandLine || Permissions.Contains(permission);

    /// <summary>True when the actor's scope includes the scope.</summary>
    public bool Covers(Scope scope)
    {
        foreach (var own in Scopes)
            if (own == Scope.All || own == scope) return true;
        return false;
    }
}

/// <summary>The actor of the present dependency scope.</summary>
public sealed class CurrentActor
{
    /// <summary>Nobody until the sender says otherwise.</summary>
    public Actor Actor { get; set; } = Actor.Nobody;
}

/// <summary>Finds the present caller: of an HTTP request, a console circuit or a job.</summary>
public interface IActorSource
{
    /// <summary>The present caller; <see cref="Actor.Nobody"/> when no valid session or token is there.</summary>
    ValueTask<Actor> Current(CancellationToken ct);

    /// <summary>The present caller, without taking the question for a sign of life: for what a page asks by itself.</summary>
    ValueTask<Actor> Unattended(CancellationToken ct) => Current(ct);
}
