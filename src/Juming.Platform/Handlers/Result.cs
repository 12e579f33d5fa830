using System.Collections.Immutable;

namespace Juming.Platform.Handlers;

/// <summary>How a refusal maps to the outside.</summary>
public enum ErrorKind
{
    /// <summary>The request is not well formed.</summary>
    Invalid,

    /// <summary>What it names does not exist, or the caller may not know that it does.</summary>
    NotFound,

    /// <summary>The state forbids it.</summary>
    Conflict,

    /// <summary>The caller may not.</summary>
    Forbidden,

    /// <summary>Nobody is signed in.</summary>
    Unauthenticated,

    /// <summary>A limit is reached; later may work.</summary>
    Unavailable,

    /// <summary>What was sent is larger than is taken; in parts it may work.</summary>
    TooLarge,
}

/// <summary>An expected refusal: a stable lower-case code with arguments, rendered in the reader's language at the edge.</summary>
/// <param name="Kind">How it maps to the outside.</param>
/// <param name="Code">Stable, lower-case, dotted: "incidents.already-closed".</param>
/// <param name="Sentence">English sentence that says what to do next; the key of its translation is the code. {name} marks an argument.</param>
/// <param name="Arguments">Values of the marks.</param>
/// <param name="Field">The field of the request that is wrong, or null.</param>
public sealed record Error(ErrorKind Kind, string Code, string Sentence, ImmutableDictionary<string, string>? Arguments = null, string? Field = null)
{
    /// <summary>The refusal with an argument.</summary>
    public Error With(string name, string value) => this with { Arguments = (Arguments ?? ImmutableDictionary<string, string>.Empty).SetItem(name, value) };

    /// <summary>The English sentence with its arguments filled in.</summary>
    public override string ToString() => Fill(Sentence);

    /// <summary>Fills the arguments into a translated sentence.</summary>
    public string Fill(string sentence)
    {
        if (Arguments is null) return sentence;
        foreach (var (name, value) in Arguments) sentence = sentence.Replace("{" + name + "}", value, StringComparison.Ordinal);
        return sentence;
    }
}

/// <summary>A refusal from so deep inside that it can't be returned there, such as a scan that found no place. The guard answers it as the refusal that it is.</summary>
public abstract class RefusalException(string message) : Exception(message)
{
    /// <summary>The refusal.</summary>
    public abstract Error Refusal { get; }
}

/// <summary>A type that can be made from a refusal; lets the guard refuse any request.</summary>
public interface IRefusable<out TSelf>
{
    /// <summary>The refused form.</summary>
    static abstract TSelf Refused(Error error);

    /// <summary>The refusal, or null.</summary>
    Error? Error { get; }
}

/// <summary>A value or an expected refusal.</summary>
public sealed class Result<T> : IRefusable<Result<T>>
{
    private readonly T? _value;

    private Result(T? value, Error? error) => (_value, Error) = (value, error);

    /// <inheritdoc/>
    public Error? Error { get; }

    /// <summary>True when there is a value.</summary>
    public bool Succeeded => Error is null;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public T Value => Error is null ? _value! : throw new InvalidOperationException(Error.ToString());

    /// <inheritdoc/>
    public static Result<T> Refused(Error error) => new(default, error);

    /// <summary>A success.</summary>
    public static Result<T> Of(T value) => new(value, null);

    /// <summary>A success.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>A refusal.</summary>
    public static implicit operator Result<T>(Error error) => new(default, error);
}

/// <summary>No value.</summary>
public readonly record struct Done
{
    /// <summary>The one value.</summary>
    public static readonly Done Value;
}
