using FluentValidation;
using Juming.Platform.Handlers;

namespace Juming.Platform.Access;

/// <summary>Remembers how the caller likes a page; it holds on every machine on which they sign in.</summary>
/// <param name="Key">Stable name of the choice: "incidents.columns".</param>
/// <param name="Value">What was chosen; empty for the page's own choice.</param>
public sealed record SetMyPreference(string Key, string Value) : ICommand<Done>, IAboutMyself;

/// <summary>What the caller chose once.</summary>
/// <param name="Key">Stable name of the choice.</param>
public sealed record GetMyPreference(string Key) : IQuery<Preference>, IAboutMyself;

/// <summary>A choice.</summary>
/// <param name="Value">What was chosen, or empty.</param>
public sealed record Preference(string Value);

file sealed class Validator : AbstractValidator<SetMyPreference>
{
    public Validator()
    {
        RuleFor(c => c.Key).NotEmpty().MaximumLength(64).Matches("^[a-z0-9.-]+$");
        RuleFor(c => c.Value).NotNull().MaximumLength(2000);
    }
}
