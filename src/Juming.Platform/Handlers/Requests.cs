using System.Text.Json;
using System.Text.Json.Serialization;
using MediatR;

namespace Juming.Platform.Handlers;

/// <summary>Changes something. Always audited.</summary>
public interface ICommand<T> : IRequest<Result<T>>, IAudited;

/// <summary>Reads something.</summary>
public interface IQuery<T> : IRequest<Result<T>>;

/// <summary>Handles a command.</summary>
public interface ICommandHandler<in TCommand, T> : IRequestHandler<TCommand, Result<T>> where TCommand : ICommand<T>;

/// <summary>Handles a query.</summary>
public interface IQueryHandler<in TQuery, T> : IRequestHandler<TQuery, Result<T>> where TQuery : IQuery<T>;

/// <summary>The guard writes an audit line for it. Queries over raw data carry it too.</summary>
public interface IAudited;

/// <summary>
/// A query that shows another side of what an audited one looks at, such as the counts beside a search. It is recorded as that one; where the caller's
/// own record of that one is fresh, there is nothing to add.
/// </summary>
public interface IPartOfLook
{
    /// <summary>The audited query.</summary>
    IAudited Look { get; }
}

/// <summary>The permission that a request needs.</summary>
public interface INeeds<TPermission> where TPermission : IPermission;

/// <summary>Anyone may send it, signed in or not. Sign-in, first set-up, one-time links and signed calls only; a test holds the list.</summary>
public interface IOpenToAnyone;

/// <summary>Anyone who is signed in may send it, about themselves, where any of their scopes means something at this tier.</summary>
public interface IAboutMyself;

/// <summary>The request concerns one scope; without it, the request concerns the tier's own.</summary>
public interface IInScope
{
    /// <summary>Customer, project or site.</summary>
    Access.Scope Scope { get; }
}

/// <summary>
/// The request concerns whatever the caller's scopes hold, be it one customer of many: its handler reads through a context that shows nothing beyond them. Whoever has no
/// scope that means anything at this tier is refused.
/// </summary>
public interface IInOwnScopes;

/// <summary>A right, named by its type so that a request can name it.</summary>
public interface IPermission
{
    /// <summary>Stable code: "incidents.write".</summary>
    static abstract string Code { get; }

    /// <summary>Roles that hold it.</summary>
    static abstract IReadOnlyList<Access.Role> Roles { get; }
}

/// <summary>Text that is never logged, audited or serialised: whatever writes it as JSON writes three stars.</summary>
[JsonConverter(typeof(StarsForSecret))]
public readonly record struct Secret(string Value)
{
    /// <summary>Three stars.</summary>
    public override string ToString() => "***";
}

/// <summary>Reads a secret from a text, and never writes one.</summary>
public sealed class StarsForSecret : JsonConverter<Secret>
{
    /// <inheritdoc/>
    public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString() ?? "");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue("***");
}
