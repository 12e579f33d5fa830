using Juming.Platform.Handlers;

namespace Juming.Site.Collection.Bulk;

/// <summary>Asks for leave to send events over HTTP; the endpoint reads them afterwards, past all handlers.</summary>
internal sealed record BeginSending : IQuery<Done>, INeeds<CollectionSend>;

file sealed class Handler : IQueryHandler<BeginSending, Done>
{
    public Task<Result<Done>> Handle(BeginSending request, CancellationToken cancellationToken) => Task.FromResult<Result<Done>>(Done.Value);
}
