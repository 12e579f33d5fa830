using FluentValidation;
using Juming.Platform.Content.Keep;
using Juming.Platform.Content.Sync;
using Juming.Platform.Content.Trust;
using Juming.Platform.Handlers;

namespace Juming.Platform.Content.Root;

/// <summary>Vouches for the first root, that came or will come: its keys decide from then on what this host takes.</summary>
/// <param name="Fingerprint">As the cloud shows it; spaces and colons don't count.</param>
internal sealed record TrustRoot(string Fingerprint) : ICommand<Done>, INeeds<ContentWrite>;

file sealed class Validator : AbstractValidator<TrustRoot>
{
    public Validator() => RuleFor(c => c.Fingerprint).NotEmpty().MaximumLength(200);
}

file sealed class Handler(TrustBook book, ContentDesk desk) : ICommandHandler<TrustRoot, Done>
{
    public async Task<Result<Done>> Handle(TrustRoot request, CancellationToken ct)
    {
        using (await book.Enter(ct))
        {
            var entered = new string([.. request.Fingerprint.Where(char.IsAsciiLetterOrDigit)]).ToLowerInvariant();
            if (Format.Members.HashOf(entered) is null) return ContentErrors.NoFingerprint;
            if (await book.Fingerprint(ct) is { } trusted) return trusted == entered ? Done.Value : ContentErrors.TrustsAnother;
            if ((await book.Host(ct)).Offered is not { } offered) await book.Vouch(entered, ct);
            else if (entered != TrustBook.FingerprintOf(offered)) return ContentErrors.OtherFingerprint;
            else await book.Keep(TrustedMetadata.Begin(offered), ct);
            if (book.Last is not null) await book.Offer(null, ct);
        }
        desk.AskBell.Ring();
        return Done.Value;
    }
}
