package rest

import (
	"context"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/fault"
)

// errUnbuilt answers what is described and not there yet.
var errUnbuilt = fault.New(fault.NotFound, "operation.unbuilt", "This is not there yet.")

func (s *Server) ListAllBoxes(context.Context, openapi.ListAllBoxesRequestObject) (openapi.ListAllBoxesResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) CreateBox(context.Context, openapi.CreateBoxRequestObject) (openapi.CreateBoxResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) DeleteBox(context.Context, openapi.DeleteBoxRequestObject) (openapi.DeleteBoxResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) ReplaceBox(context.Context, openapi.ReplaceBoxRequestObject) (openapi.ReplaceBoxResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) CreateBoxKey(context.Context, openapi.CreateBoxKeyRequestObject) (openapi.CreateBoxKeyResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) ListAllStores(context.Context, openapi.ListAllStoresRequestObject) (openapi.ListAllStoresResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) CreateStore(context.Context, openapi.CreateStoreRequestObject) (openapi.CreateStoreResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) DeleteStore(context.Context, openapi.DeleteStoreRequestObject) (openapi.DeleteStoreResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) ReplaceStore(context.Context, openapi.ReplaceStoreRequestObject) (openapi.ReplaceStoreResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) CreateMenuItem(context.Context, openapi.CreateMenuItemRequestObject) (openapi.CreateMenuItemResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) DeleteMenuItem(context.Context, openapi.DeleteMenuItemRequestObject) (openapi.DeleteMenuItemResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) ReplaceMenuItem(context.Context, openapi.ReplaceMenuItemRequestObject) (openapi.ReplaceMenuItemResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) ListAreas(context.Context, openapi.ListAreasRequestObject) (openapi.ListAreasResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) ListBoxes(context.Context, openapi.ListBoxesRequestObject) (openapi.ListBoxesResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) AnnounceArrival(context.Context, openapi.AnnounceArrivalRequestObject) (openapi.AnnounceArrivalResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) OpenBox(context.Context, openapi.OpenBoxRequestObject) (openapi.OpenBoxResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) ShowInvite(context.Context, openapi.ShowInviteRequestObject) (openapi.ShowInviteResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) CreateRoom(context.Context, openapi.CreateRoomRequestObject) (openapi.CreateRoomResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) ListOpenRooms(context.Context, openapi.ListOpenRoomsRequestObject) (openapi.ListOpenRoomsResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) UpdateRoom(context.Context, openapi.UpdateRoomRequestObject) (openapi.UpdateRoomResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) CreateBoxCode(context.Context, openapi.CreateBoxCodeRequestObject) (openapi.CreateBoxCodeResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) CloseRoom(context.Context, openapi.CloseRoomRequestObject) (openapi.CloseRoomResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) DrawMembers(context.Context, openapi.DrawMembersRequestObject) (openapi.DrawMembersResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) ExtendRoom(context.Context, openapi.ExtendRoomRequestObject) (openapi.ExtendRoomResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) TransferHost(context.Context, openapi.TransferHostRequestObject) (openapi.TransferHostResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) RevokeInvites(context.Context, openapi.RevokeInvitesRequestObject) (openapi.RevokeInvitesResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) CreateInvite(context.Context, openapi.CreateInviteRequestObject) (openapi.CreateInviteResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) JoinRoom(context.Context, openapi.JoinRoomRequestObject) (openapi.JoinRoomResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) LeaveRoom(context.Context, openapi.LeaveRoomRequestObject) (openapi.LeaveRoomResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) KickMember(context.Context, openapi.KickMemberRequestObject) (openapi.KickMemberResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) GetOrder(context.Context, openapi.GetOrderRequestObject) (openapi.GetOrderResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) ConfirmOrder(context.Context, openapi.ConfirmOrderRequestObject) (openapi.ConfirmOrderResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) ConfirmReceipt(context.Context, openapi.ConfirmReceiptRequestObject) (openapi.ConfirmReceiptResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) SaveSelection(context.Context, openapi.SaveSelectionRequestObject) (openapi.SaveSelectionResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) SetPhase(context.Context, openapi.SetPhaseRequestObject) (openapi.SetPhaseResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) ListStores(context.Context, openapi.ListStoresRequestObject) (openapi.ListStoresResponseObject, error) {
	return nil, errUnbuilt
}

func (s *Server) GetStore(context.Context, openapi.GetStoreRequestObject) (openapi.GetStoreResponseObject, error) {
	return nil, errUnbuilt
}
