-- The new start of an order that was moved and is not given anew: until then somebody has to order it.
ALTER TABLE suspension ADD COLUMN reorder_by INTEGER;
