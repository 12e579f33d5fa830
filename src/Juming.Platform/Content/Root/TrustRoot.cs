using FluentValidation;
using Juming.Platform.Content.Keep;
using Juming.Platform.Content.Sync;
using Juming.Platform.Content.Trust;
using Juming.Platform.Handlers;

namespace Juming.Platform.Content.Root;

/// <summary>Vouches for the first root that came: from then on its keys decide what this host takes.</summary>
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
            if (book.Last is not null || (await book.Host(ct)).Offered is not { } offered) return ContentErrors.NothingOffered;
            var entered = new string([.. request.Fingerprint.Where(char.IsAsciiLetterOrDigit)]).ToLowerInvariant();
            if (entered != TrustBook.FingerprintOf(offered)) return ContentErrors.OtherFingerprint;
            await book.Keep(TrustedMetadata.Begin(offered), ct);
            await book.Offer(null, ct);
        }
        desk.AskBell.Ring();
        return Done.Value;
    }
}
