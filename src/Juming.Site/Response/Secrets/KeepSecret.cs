using System.Globalization;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Vault;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Secrets;

/// <summary>Keeps a secret under a name, or puts another in its place. It can't be read back.</summary>
/// <param name="Name">Name that steps use.</param>
/// <param name="Origin">Address whose scheme, host and port it may be sent to.</param>
/// <param name="Value">The secret.</param>
internal sealed record KeepSecret(string Name, string Origin, Secret Value) : ICommand<Done>, INeeds<ResponseSecretsWrite>
{
    /// <summary>More names than these nobody oversees; the list shows all of them.</summary>
    public const int Most = 200;
}

/// <summary>Forgets a secret.</summary>
internal sealed record RemoveSecret(string Name) : ICommand<Done>, INeeds<ResponseSecretsWrite>;

file sealed class Validator : AbstractValidator<KeepSecret>
{
    public Validator()
    {
        RuleFor(c => c.Name).Must(n => n is { Length: >= 1 and <= 60 } && n.All(l => char.IsAsciiLetterOrDigit(l) || l is '-' or '_')).WithMessage("A name is 1 to 60 letters, digits, - and _.");
        RuleFor(c => c.Origin).Must(o => o is { Length: <= 250 } && Uri.TryCreate(o, UriKind.Absolute, out var address) && SecretShelf.OriginOf(address) is not null && address.PathAndQuery == "/").WithMessage("Write https://host, with a port where it is another one, and without a path.");
        // It becomes part of a header; and what is shorter could not be told from other text when an answer is masked.
        RuleFor(c => c.Value).Must(v => v.Value is { Length: >= 8 and <= 4000 } value && value.All(l => l is >= ' ' and <= '~') && value.Trim().Length == value.Length).WithMessage("A secret is one line of 8 to 4000 letters, digits and signs of ASCII.");
    }
}

file sealed class Handler(ResponseDb db, IVault vault, CurrentActor current, TimeProvider clock) : ICommandHandler<KeepSecret, Done>
{
    public async Task<Result<Done>> Handle(KeepSecret request, CancellationToken cancellationToken)
    {
        var origin = SecretShelf.OriginOf(new Uri(request.Origin))!;
        var row = await db.Secrets.FirstOrDefaultAsync(s => s.Name == request.Name, cancellationToken);
        if (row is null)
        {
            if (await db.Secrets.CountAsync(cancellationToken) >= KeepSecret.Most) return ResponseErrors.TooManySecrets.With("most", KeepSecret.Most.ToString(CultureInfo.InvariantCulture));
            row = new SecretRow { Name = request.Name, Origin = origin, By = current.Actor.Name };
            row.Sealed = await vault.Keep(SecretShelf.PlaceOf(row.Id), request.Value, cancellationToken);
            db.Add(row);
        }
        else await vault.Replace(row.Sealed, request.Value, cancellationToken);
        (row.Origin, row.By, row.At) = (origin, current.Actor.Name, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }
}

file sealed class RemoveHandler(ResponseDb db, IVault vault) : ICommandHandler<RemoveSecret, Done>
{
    public async Task<Result<Done>> Handle(RemoveSecret request, CancellationToken cancellationToken)
    {
        if (await db.Secrets.FirstOrDefaultAsync(s => s.Name == request.Name, cancellationToken) is not { } row) return ResponseErrors.NoSuchSecret;
        db.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        await vault.Remove(row.Sealed, cancellationToken);
        return Done.Value;
    }
}
