using Juming.Platform.Events;
using MediatR;

namespace Juming.Platform.Links.Egress;

/// <summary>A module wants to tell the host above something, with the changes of its transaction. Only the gate takes it.</summary>
/// <param name="Offer">Identity of the offer: made twice it leaves once.</param>
/// <param name="Type">Number of the message.</param>
/// <param name="At">Microseconds since 1970 UTC.</param>
/// <param name="Payload">The message, not yet judged.</param>
[EventName("links.message-offered", 1)]
internal sealed record MessageOffered(Guid Offer, int Type, long At, byte[] Payload) : IModuleEvent;

file sealed class Handler(EgressDesk desk) : INotificationHandler<MessageOffered>
{
    public Task Handle(MessageOffered notification, CancellationToken cancellationToken) => desk.Take(notification, cancellationToken);
}
